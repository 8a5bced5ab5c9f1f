#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "staircase/plan/layer_spec.h"

namespace staircase::plan {

enum class TensorRole {
  parameter,
  statistic,  ///< what a BatchNorm has seen: no learned number, but part of every file
  counter,    ///< its num_batches_tracked: an int64 that old files lack
};

/// A parameter or buffer of a layer: "stem.conv.weight", (64, 3, 7, 7).
struct TensorSpec {
  std::string name;
  std::vector<int64_t> shape;
  TensorRole role = TensorRole::parameter;
  double neutral = 0.0;  ///< every element before the network is initialized; a norm's weight stays so

  bool operator==(const TensorSpec&) const = default;
};

/// What a kind of layer is, as far as no tensor is made. Its other half is nn::LayerModule.
struct LayerKindEntry {
  LayerKind kind;
  std::string_view name;
  /// What it holds, with names inside the layer ("weight"); one of no name bears the layer's own.
  std::vector<TensorSpec> (*tensors)(const LayerSpec& layer);
  /// A side of 0 or less: nothing is left of the image.
  ImageSize (*output_size)(const LayerSpec& layer, ImageSize input);
  /// Multiply-accumulates for one image with this output. double: see parameter_count.
  double (*macs)(const LayerSpec& layer, ImageSize output);
};

/// Every kind, in the order of LayerKind.
std::span<const LayerKindEntry> layer_kinds();

/// The entry of one kind. Throws std::logic_error where it has none.
const LayerKindEntry& layer_kind(LayerKind kind);

std::string_view kind_name(LayerKind kind);

/// What a layer holds, each under its path ("stem.conv.weight"); empty for layers without numbers.
std::vector<TensorSpec> layer_tensors(const LayerSpec& layer);

/// Learned numbers of a layer. double: a plan of absurd size must not overflow before it is refused.
double parameter_count(const LayerSpec& layer);

/// What is left of an image of this size; a side of 0 or less: nothing.
ImageSize output_size(const LayerSpec& layer, ImageSize input);

/// Multiply-accumulates for one image whose output has this size: convolutions and linear layers,
/// nothing else, as the paper counts them. Source: Liu et al. 2022, arXiv:2201.03545, Table 10.
double mac_count(const LayerSpec& layer, ImageSize output);

/// What an attention adds to that by its two matrix products, queries x keys and weights x values.
double product_mac_count(const LayerSpec& layer, ImageSize output);

}  // namespace staircase::plan
