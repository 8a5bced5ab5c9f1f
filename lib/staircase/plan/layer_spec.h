#pragma once

#include <cstdint>
#include <string>

namespace staircase::plan {

/// Each has one entry in layer_kinds.cpp and one in nn/layer_modules.cpp.
enum class LayerKind {
  convolution,
  batch_norm,
  layer_norm,
  relu,
  gelu,
  max_pool,
  average_pool,
  linear,
  layer_scale,
};

/// One layer of a plan: everything that is needed to count it, print it or build it.
struct LayerSpec {
  std::string name;  ///< within its group in a plan; the whole path in a list of counted layers
  LayerKind kind = LayerKind::convolution;
  int64_t in = 0;   ///< channels
  int64_t out = 0;  ///< channels
  int64_t kernel = 1;
  int64_t stride = 1;
  int64_t padding = 0;
  int64_t groups = 1;
  bool bias = false;

  bool operator==(const LayerSpec&) const = default;
};

/// What a layer gets and gives, beside its channels: the height and width of an image or a feature map.
/// Positions in one row, such as tokens, are a map of height 1.
struct ImageSize {
  int64_t height = 0;
  int64_t width = 0;

  bool operator==(const ImageSize&) const = default;
};

constexpr ImageSize square(int64_t side) { return {side, side}; }

}  // namespace staircase::plan
