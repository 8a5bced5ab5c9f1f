#pragma once

#include <torch/types.h>

#include "staircase/plan/layer_spec.h"

namespace staircase::nn::ops {

/// Whether depthwise_convolution is faster than aten for this layer. On small kernels with a stride it is not.
bool has_depthwise_kernel(const plan::LayerSpec& spec);

/// x: (N, C, H, W), float or bfloat16, on the CPU -> (N, C, H', W') in channels_last memory; weight: (C, 1, k, k);
/// bias: (C) or undefined; both float. In a Bfloat16Scope x is taken as bfloat16. Sums are float.
/// Results are the same for any number of threads.
torch::Tensor depthwise_convolution(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias,
                                    const plan::LayerSpec& spec);

}  // namespace staircase::nn::ops
