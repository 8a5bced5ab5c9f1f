#pragma once

#include <torch/types.h>

#include "staircase/plan/layer_spec.h"

namespace staircase::nn::ops {

/// Whether pointwise_convolution knows the layer: 1x1, without stride, padding or groups.
bool is_pointwise(const plan::LayerSpec& spec);

/// x: (N, C_in, H, W), float or bfloat16, on the CPU -> (N, C_out, H, W) in channels_last memory; weight:
/// (C_out, C_in, 1, 1); bias: (C_out) or undefined; both float. In a Bfloat16Scope x is taken as bfloat16,
/// beside which parameters are rounded to it. Small matrices go to kernels whose sums are float and the same for any
/// number of threads. Large ones go to the library's convolution, and their gradients to its matrix product.
torch::Tensor pointwise_convolution(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias);

/// The same of gelu(x), to the bit. For the backward pass it keeps x alone and computes gelu(x) again beside the slope,
/// which costs little more than the slope alone.
torch::Tensor pointwise_convolution_of_gelu(const torch::Tensor& x, const torch::Tensor& weight,
                                            const torch::Tensor& bias);

}  // namespace staircase::nn::ops
