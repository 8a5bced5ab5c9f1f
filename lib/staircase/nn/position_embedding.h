#pragma once

#include <torch/types.h>

namespace staircase::nn::ops {

/// A table of (G * G, C) positions at another size: bicubic (a = -.5), with antialiasing where it shrinks, as timm does.
/// grid: (H, W), of any content, gives the size -> (H, W, C). At its own size it is the table to the bit.
torch::Tensor resized_table(const torch::Tensor& table, const torch::Tensor& grid);

/// A table of positions, the first one the class token's where there is one more than a square has, for a square
/// grid of `side` positions. Source: timm layers/pos_embed.py.
torch::Tensor table_for_side(const torch::Tensor& table, int64_t side);

/// A bias table ((2M - 1)^2, heads) for windows of another side: bicubic without antialiasing on the grid of distances.
/// Source: microsoft/Swin-Transformer utils.py.
torch::Tensor bias_table_for_window(const torch::Tensor& table, int64_t window);

/// x: (N, C, H, W); adds the table.
torch::Tensor add_positions(const torch::Tensor& x, const torch::Tensor& table);

/// x: (N, C, H, W) -> (N, C, 1, 1 + H * W), the token first; token: (C). table: added to both, its first entry to the
/// token; undefined: none.
torch::Tensor with_class_token(const torch::Tensor& x, const torch::Tensor& token, const torch::Tensor& table);

}  // namespace staircase::nn::ops
