#pragma once

#include <algorithm>
#include <cstdint>

#include "staircase/nn/kernels/element.h"

/// Multi-head attention within windows of rows, softmax(q k^T / sqrt(width) + bias) v for each head, without the weights
/// in memory: the gradient computes them again. A call does a range of tasks; no task writes where another does, and none
/// of the numbers depend on how tasks are shared out. Sums are float whatever the elements are.
/// Source: Vaswani et al. 2017, arXiv:1706.03762; Liu et al. 2021, arXiv:2103.14030; Dao et al. 2022, arXiv:2205.14135.
namespace staircase::nn::kernels {

/// qkv: [images][positions][3][heads][width], y: [images][positions][heads][width]. Each position stands in one window.
struct AttentionShape {
  int64_t images = 0, positions = 0, heads = 0, width = 0;
  int64_t length = 0;  ///< positions of a window, divides those of an image

  int64_t windows() const { return positions / length; }  ///< of an image
  int64_t all_windows() const { return images * windows(); }
  int64_t channels() const { return heads * width; }
  /// Floats from one query's row of a bias to the next: room for whole tiles and vectors of any instruction set.
  int64_t bias_stride() const { return ((length + 5) / 6 * 6 + 15) / 16 * 16; }
};

struct AttentionWindows {
  const int32_t* rows = nullptr;     ///< [windows][length]: an image's positions, window by window; null: in order
  const int32_t* regions = nullptr;  ///< [windows][length]: positions of two regions get -100; null: there is one
  const float* bias = nullptr;       ///< [heads][length][bias_stride], the query first; null: none
};

/// Tasks of forward: the heads of every window.
inline int64_t attention_tasks(const AttentionShape& shape) { return shape.all_windows() * shape.heads; }

/// log_sums: [all windows][heads][length], the logarithm of each row's sum, kept for the gradient.
void attention_forward(const AttentionShape& shape, Element element, const void* qkv, const AttentionWindows& windows,
                       void* y, float* log_sums, int64_t begin, int64_t end);

/// The gradient of the bias is a sum over windows, which are taken in so many shares, one after the other.
inline int64_t attention_shares(const AttentionShape& shape, bool has_bias) {
  return has_bias ? std::clamp<int64_t>(shape.all_windows() / 16, 1, 16) : shape.all_windows();
}
/// Tasks of the gradient: the heads of every share.
inline int64_t attention_gradient_tasks(const AttentionShape& shape, bool has_bias) {
  return attention_shares(shape, has_bias) * shape.heads;
}

/// The gradient of qkv, and where there is a bias the shares' sums for it, [share][heads][length][bias_stride],
/// overwritten.
void attention_gradients(const AttentionShape& shape, Element element, const void* qkv, const void* output_gradient,
                         const AttentionWindows& windows, const float* log_sums, void* qkv_gradient, float* bias_sums,
                         int64_t begin, int64_t end);

}  // namespace staircase::nn::kernels
