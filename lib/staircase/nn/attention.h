#pragma once

#include <torch/types.h>

#include "staircase/plan/layer_spec.h"

namespace staircase::nn::ops {

/// What an attention holds; position_bias: ((2M - 1)^2, heads), undefined where it has none.
struct AttentionWeights {
  torch::Tensor qkv, qkv_bias, projection, projection_bias, position_bias;
};

/// Multi-head attention over all positions: softmax(q k^T / sqrt(d)) v for each head, then the projection.
/// x: (N, C, H, W) -> the same; a row of tokens is an image of height 1.
/// Source: Dosovitskiy et al. 2020, arXiv:2010.11929.
torch::Tensor global_attention(const torch::Tensor& x, const AttentionWeights& weights, const plan::LayerSpec& spec);

/// The same within windows of spec.kernel x spec.kernel positions, shifted by spec.shift on axes of more than one
/// window: what the shift brings together from both ends of the image does not see each other. Sides that are no
/// multiple of the window get zeros at the bottom and right, which are seen. x: (N, C, H, W) -> the same.
/// Source: Liu et al. 2021, arXiv:2103.14030; padding as torchvision 0.14 models/swin_transformer.py.
torch::Tensor window_attention(const torch::Tensor& x, const AttentionWeights& weights, const plan::LayerSpec& spec);

/// For each pair of positions in a window of M x M, the query first, the row of a table of ((2M - 1)^2) distances:
/// (M^4) int64. Source: Liu et al. 2021.
torch::Tensor relative_positions(int64_t window, torch::Device device);

/// rows: (N, L, 3C), queries, keys and values side by side -> (N, L, C); bias: added to the products of all queries and
/// keys, broadcasts to (N, heads, L, L); undefined: none.
torch::Tensor attend(const torch::Tensor& rows, int64_t heads, const torch::Tensor& bias);

}  // namespace staircase::nn::ops
