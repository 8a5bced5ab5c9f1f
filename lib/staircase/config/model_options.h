#pragma once

#include <cstdint>
#include <vector>

#include "staircase/config/fields.h"

namespace staircase::config {

enum class Stem { conv7_pool, patchify4, patchify16 };
/// What mixes space in a block: the one operation with a kernel.
enum class Spatial { dense, grouped, depthwise };
/// bottleneck: wide-narrow-wide, output = expansion * width. inverted: narrow-wide-narrow.
enum class BlockShape { bottleneck, inverted_bottleneck };
enum class SpatialPosition { middle, first };
enum class Activation { relu, gelu };
enum class Norm { batch, layer };
enum class Downsampling { in_block, separate };
enum class ConvBias { where_no_norm_follows, always };
/// truncated_normal: std .02, biases 0. kaiming_fan_out: as torchvision's ResNet.
enum class Initialization { kaiming_fan_out, truncated_normal };

template <>
inline constexpr std::array enum_names<Stem>{std::string_view("conv7_pool"), std::string_view("patchify4"),
                                             std::string_view("patchify16")};
template <>
inline constexpr std::array enum_names<Spatial>{std::string_view("dense"), std::string_view("grouped"),
                                                std::string_view("depthwise")};
template <>
inline constexpr std::array enum_names<BlockShape>{std::string_view("bottleneck"),
                                                   std::string_view("inverted_bottleneck")};
template <>
inline constexpr std::array enum_names<SpatialPosition>{std::string_view("middle"), std::string_view("first")};
template <>
inline constexpr std::array enum_names<Activation>{std::string_view("relu"), std::string_view("gelu")};
template <>
inline constexpr std::array enum_names<Norm>{std::string_view("batch"), std::string_view("layer")};
template <>
inline constexpr std::array enum_names<Downsampling>{std::string_view("in_block"), std::string_view("separate")};
template <>
inline constexpr std::array enum_names<ConvBias>{std::string_view("where_no_norm_follows"), std::string_view("always")};
template <>
inline constexpr std::array enum_names<Initialization>{std::string_view("kaiming_fan_out"),
                                                       std::string_view("truncated_normal")};

/// Every switch of a network. The defaults are ResNet-50 v1.5.
/// Source: He et al. 2015, arXiv:1512.03385; Liu et al. 2022, arXiv:2201.03545.
struct ModelOptions {
  std::vector<int64_t> depths{3, 4, 6, 3};
  int64_t width = 64;
  double width_factor = 1.0;
  Stem stem = Stem::conv7_pool;
  bool patchify_norm = true;
  bool patchify_activation = false;
  Spatial spatial = Spatial::dense;
  int64_t groups = 32;
  BlockShape block = BlockShape::bottleneck;
  int64_t expansion = 4;
  SpatialPosition spatial_position = SpatialPosition::middle;
  int64_t kernel_size = 3;
  Activation activation = Activation::relu;
  int64_t activations_per_block = 3;
  Norm norm = Norm::batch;
  int64_t norms_per_block = 3;
  Downsampling downsampling = Downsampling::in_block;
  bool projection_norm = true;
  ConvBias conv_bias = ConvBias::where_no_norm_follows;
  double layer_scale_init = 0.0;
  Initialization initialization = Initialization::kaiming_fan_out;
  int64_t num_classes = 0;
  int64_t in_channels = 0;

  bool operator==(const ModelOptions&) const = default;

  static constexpr std::string_view title = "model";
  static constexpr auto fields() {
    using M = ModelOptions;
    return std::make_tuple(
        field("depths", &M::depths, "blocks in each stage", range(1, 200).items(1, 4)),
        field("width", &M::width, "channels of the first stage; each later stage doubles them", range(1, 4096)),
        field("width_factor", &M::width_factor, "multiplies every width; the first stage's is rounded",
              range(0.001, 16)),
        field("stem", &M::stem, "7x7 stride 2 with max-pooling, 4x4 stride 4, or 16x16 stride 16"),
        field("patchify_norm", &M::patchify_norm,
              "a norm after the patchify stem; separate downsampling between stages needs it"),
        field("patchify_activation", &M::patchify_activation, "an activation after the patchify stem"),
        field("spatial", &M::spatial, "what mixes space in a block: a dense, grouped or depthwise convolution"),
        field("groups", &M::groups, "groups of the spatial convolution where it is grouped", range(1, 65536)),
        field("block", &M::block, "wide-narrow-wide (bottleneck) or narrow-wide-narrow (inverted_bottleneck)"),
        field("expansion", &M::expansion, "wide over narrow inside a block", range(1, 16)),
        field("spatial_position", &M::spatial_position, "the spatial convolution between the two 1x1, or before them"),
        field("kernel_size", &M::kernel_size, "side of the spatial convolution", range(1, 63).only_odd()),
        field("activation", &M::activation, "the nonlinearity; gelu is the exact one (erf)"),
        field("activations_per_block", &M::activations_per_block,
              "3: after each convolution and the addition; 1: before the last 1x1", Limits{}.either(1, 3)),
        field("norm", &M::norm, "batch: BatchNorm; layer: LayerNorm over channels at each position"),
        field("norms_per_block", &M::norms_per_block, "3: after each convolution; 1: after the spatial one",
              Limits{}.either(1, 3)),
        field(
            "downsampling", &M::downsampling,
            "inside the first block of a stage, or a norm and a 2x2 stride-2 convolution between stages and a norm before the head"),
        field("projection_norm", &M::projection_norm, "a norm on the projection shortcut"),
        field("conv_bias", &M::conv_bias, "which convolutions have a bias"),
        field("layer_scale_init", &M::layer_scale_init, "initial LayerScale of a block's branch; 0: none",
              range(0, 10)),
        field("initialization", &M::initialization,
              "truncated_normal: std .02, biases 0; kaiming_fan_out: as torchvision's ResNet"),
        field("num_classes", &M::num_classes, "outputs of the head; 0: as many as the data has (1000 without data)",
              range(0, 1000000)),
        field("in_channels", &M::in_channels, "channels of the images; 0: as the data has (3 without data)",
              range(0, 1024)));
  }
};

}  // namespace staircase::config
