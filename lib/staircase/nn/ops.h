#pragma once

#include <torch/types.h>

#include "staircase/plan/layer_spec.h"

/// The operations that take a network's time. A faster kernel enters here and nowhere else, behind
/// the guard of nn/kernel_guard.h.
/// All images are (N, C, H, W) in channels_last memory and stay so.
namespace staircase::nn::ops {

/// x: (N, C_in, H, W) -> (N, C_out, H', W'); bias may be undefined.
torch::Tensor convolution(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias,
                          const plan::LayerSpec& spec);

/// A 1x1 convolution. x: (N, C_in, H, W) -> (N, C_out, H, W); bias may be undefined.
torch::Tensor pointwise(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias);

/// x: (N, C_in) -> (N, C_out); bias may be undefined.
torch::Tensor linear(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias);

/// Normalizes over C at each position, without a copy: the channels lie side by side in memory.
/// x: (N, C, H, W) -> the same. Source: Ba et al. 2016, arXiv:1607.06450.
torch::Tensor layer_norm(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias, double eps);

/// Normalizes over channels and positions together, then scales each channel. x: (N, C, H, W) -> the same.
/// Source: Wu and He 2018, arXiv:1803.08494, with one group.
torch::Tensor group_norm(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias, double eps);

/// Global response normalization: x + weight * (x N) + bias, where N is a channel's norm over the positions, over the
/// mean of that over the channels. x: (N, C, H, W) -> the same. Source: Woo et al. 2023, arXiv:2301.00808.
torch::Tensor grn(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias);

struct BatchNormArguments {
  torch::Tensor weight, bias, running_mean, running_var;  ///< (C); the last two change in training
  bool training = false;
  double momentum = 0.1, eps = 1e-5;
};

/// Normalizes each channel over the batch in training, with the running statistics else; then ReLU where asked for.
/// x: (N, C, H, W) -> the same. Source: Ioffe and Szegedy 2015, arXiv:1502.03167.
torch::Tensor batch_norm(const torch::Tensor& x, const BatchNormArguments& arguments, bool relu = false);

/// x: any shape -> the same.
torch::Tensor relu(const torch::Tensor& x);
/// The exact one, by erf. x: any shape -> the same. Source: Hendrycks and Gimpel 2016, arXiv:1606.08415.
torch::Tensor gelu(const torch::Tensor& x);

/// convolution(gelu(x)); where the layer is pointwise, gelu(x) is not kept for the backward pass.
torch::Tensor convolution_of_gelu(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias,
                                  const plan::LayerSpec& spec);

/// x: (N, C, H, W) -> (N, C, H', W').
torch::Tensor max_pool(const torch::Tensor& x, const plan::LayerSpec& spec);
/// The average of what the kernel covers of the image, minus the input. x: (N, C, H, W) -> the same.
/// Source: Yu et al. 2021, arXiv:2111.11418.
torch::Tensor pool_minus_input(const torch::Tensor& x, const plan::LayerSpec& spec);
/// Four neighbours side by side, by columns; an odd side gets zeros. x: (N, C, H, W) -> (N, 4C, H', W').
/// Source: Liu et al. 2021, arXiv:2103.14030, patch merging.
torch::Tensor space_to_depth(const torch::Tensor& x);
/// x: (N, C, H, W) -> (N, C, 1, 1).
torch::Tensor mean_over_positions(const torch::Tensor& x);

/// x: (N, C, H, W) -> the same; scale: (C).
torch::Tensor scale_channels(const torch::Tensor& x, const torch::Tensor& scale);

/// What a residual's branch is multiplied with, float; undefined for 1.
struct BranchScale {
  torch::Tensor of_channels;  ///< LayerScale, (C)
  torch::Tensor of_samples;   ///< drop path, (N), without a gradient
};

/// shortcut + scale * branch, then ReLU where asked for. shortcut, branch: (N, C, H, W) -> the same.
torch::Tensor residual(const torch::Tensor& shortcut, const torch::Tensor& branch, const BranchScale& scale,
                       bool relu = false);

}  // namespace staircase::nn::ops
