#pragma once

#include <torch/types.h>

namespace staircase::nn::ops {

/// x: float or bfloat16 of any shape, on the CPU -> the same. See kernels/gelu.h.
torch::Tensor gelu_by_kernel(const torch::Tensor& x);

}  // namespace staircase::nn::ops
