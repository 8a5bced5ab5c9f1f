#pragma once

#include <torch/types.h>

#include "staircase/plan/layer_spec.h"

/// The operations that dominate a network's time. A faster kernel enters here and nowhere else.
/// All images are (N, C, H, W) in channels_last memory and stay so.
namespace staircase::nn::ops {

/// x: (N, C_in, H, W) -> (N, C_out, H', W'); bias may be undefined.
torch::Tensor convolution(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias,
                          const plan::LayerSpec& spec);

/// Normalizes over C at each position, without a copy: the channels lie side by side in memory.
/// x: (N, C, H, W) -> the same. Source: Ba et al. 2016, arXiv:1607.06450.
torch::Tensor layer_norm(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias, double eps);

/// shortcut + scale * branch. `scale` may be undefined (1), (1, C, 1, 1) or (N, C, 1, 1).
torch::Tensor residual(const torch::Tensor& shortcut, const torch::Tensor& branch, const torch::Tensor& scale);

}  // namespace staircase::nn::ops
