#pragma once

#include <torch/types.h>

namespace staircase::nn::ops {

/// Global response normalization. x: (N, C, H, W), float or bfloat16, on the CPU -> the same in channels_last memory;
/// weight, bias: (C) float. Sums are float and the same for any number of threads; where a channel is zero throughout, its
/// norm has the gradient 0.
torch::Tensor grn_by_kernel(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias);

}  // namespace staircase::nn::ops
