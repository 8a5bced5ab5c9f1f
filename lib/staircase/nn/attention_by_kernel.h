#pragma once

#include <torch/types.h>

namespace staircase::nn::ops {

/// Which positions of an image attend to each other, and what is added to their products.
struct AttentionWindows {
  int64_t length = 0;     ///< positions of a window
  torch::Tensor rows;     ///< (windows, length) int32: the positions window by window; undefined: in order
  torch::Tensor regions;  ///< (windows, length) int32: positions of two regions get -100; undefined: there is one
  torch::Tensor bias;     ///< (heads, length, length) float, the query first; undefined: none
};

/// softmax(q k^T / sqrt(d) + bias) v within windows, for each head. qkv: (N, 3C, H, W), queries, keys and values side by
/// side, float or bfloat16, on the CPU -> (N, C, H, W) in channels_last memory. Nothing is copied on the way, and the
/// weights are computed again for the gradient. Sums are float and the same for any number of threads.
torch::Tensor attention_by_kernel(const torch::Tensor& qkv, int64_t heads, const AttentionWindows& windows);

}  // namespace staircase::nn::ops
