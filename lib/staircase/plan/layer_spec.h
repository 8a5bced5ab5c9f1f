#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace staircase::plan {

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

std::string_view kind_name(LayerKind kind);

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

/// A parameter or buffer of a layer: "stem.conv.weight", (64, 3, 7, 7).
struct TensorSpec {
  std::string name;
  std::vector<int64_t> shape;
  bool is_counter = false;  ///< BatchNorm's num_batches_tracked: an int64 that old files lack
};

/// What a layer holds, by name and shape; empty for layers without numbers.
std::vector<TensorSpec> layer_tensors(const LayerSpec& layer);

/// Learned numbers of a layer. double: a plan of absurd size must not overflow before it is refused.
double parameter_count(const LayerSpec& layer);

/// Side of the output for a square input of side `size`; 0 or less: nothing is left of the image.
int64_t output_size(const LayerSpec& layer, int64_t size);

/// Multiply-accumulates for one image whose output has this side: convolutions and linear layers,
/// nothing else, as the paper counts them. Source: Liu et al. 2022, arXiv:2201.03545, Table 10.
double mac_count(const LayerSpec& layer, int64_t output_size);

}  // namespace staircase::plan
