#pragma once

#include <torch/types.h>

namespace staircase::nn::ops {

/// x: (N, C, H, W), float or bfloat16, on the CPU -> the same in channels_last memory, normalized over C at each
/// position; weight, bias: (C) float. Sums are float. See kernels/layer_norm.h.
torch::Tensor layer_norm_by_kernel(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias,
                                   double eps);

}  // namespace staircase::nn::ops
