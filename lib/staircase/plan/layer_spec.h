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
  group_norm,          ///< one group: over channels and positions
  attention,           ///< groups: heads; kernel: side of the windows, 0: over all positions
  pool_minus_input,    ///< the average of what the kernel covers of the image, minus the input
  grn,                 ///< global response normalization
  class_token,         ///< makes the image one row, the token first
  position_embedding,  ///< a table that is added, resized where the image has another size
  select_token,        ///< the first position
  space_to_depth,      ///< four neighbours side by side
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
  int64_t shift = 0;           ///< of an attention's windows, in positions
  bool position_bias = false;  ///< an attention's table of relative positions
  int64_t positions = 0;       ///< of a position embedding: a square, and one more with a class token's entry
  double eps = 0.0;            ///< of a norm; 0: the kind's own

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
