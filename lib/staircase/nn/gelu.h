#pragma once

#include <torch/types.h>

namespace staircase::nn::ops {

/// x: float or bfloat16 of any shape, on the CPU -> the same. See kernels/gelu.h.
torch::Tensor gelu_by_kernel(const torch::Tensor& x);

/// gelu(x) once more, for the backward pass. gradient: of gelu(x), in the type and the memory order of x, or undefined; it
/// becomes that of x.
torch::Tensor gelu_again(const torch::Tensor& x, const torch::Tensor& gradient);

}  // namespace staircase::nn::ops
