#pragma once

#include "staircase/config/fields.h"

/// What the switches of a network can be set to.
namespace staircase::config {

enum class Stem {
  conv7_pool,
  patchify4,
  patchify16,
  conv3,  ///< 3x3, stride 1: for images of 32 px
  patchify2,
  patchify8,
  patchify14,
  conv7_stride4,  ///< PoolFormer's
};
/// What mixes space in a block: the one operation that looks at more than one position.
enum class Spatial {
  dense,
  grouped,
  depthwise,
  attention,                 ///< over all positions
  window_attention,          ///< within windows of kernel_size
  shifted_window_attention,  ///< the same, shifted by half a window in every second block of a stage
  pooling,                   ///< the average around a position minus what is there
  identity,
};
/// bottleneck: wide-narrow-wide, output = expansion * width. inverted: narrow-wide-narrow.
enum class BlockShape { bottleneck, inverted_bottleneck };
enum class SpatialPosition { middle, first };
enum class Activation { relu, gelu };
/// group: one group, over channels and positions.
enum class Norm { batch, layer, group };
enum class Downsampling {
  in_block,
  separate,
  patch_merging,  ///< Swin's: four neighbours side by side, a norm, a 1x1 without bias
  overlapping,    ///< PoolFormer's: 3x3 stride 2, no norm
};
enum class ConvBias { where_no_norm_follows, always };
/// truncated_normal: std .02, biases 0. kaiming_fan_out: as torchvision's ResNet.
enum class Initialization { kaiming_fan_out, truncated_normal };
/// relative: a table in each window attention. learned: a table added after the stem; with_token: that has an
/// entry for the class token.
enum class PositionEmbedding { none, relative, learned, learned_with_token };
/// What the head reads.
enum class Pooling { mean, class_token };
/// Where the final norm stands.
enum class HeadNorm { after_pooling, before_pooling };

template <>
inline constexpr std::array enum_names<Stem>{std::string_view("conv7_pool"), std::string_view("patchify4"),
                                             std::string_view("patchify16"), std::string_view("conv3"),
                                             std::string_view("patchify2"),  std::string_view("patchify8"),
                                             std::string_view("patchify14"), std::string_view("conv7_stride4")};
template <>
inline constexpr std::array enum_names<Spatial>{
    std::string_view("dense"),     std::string_view("grouped"),          std::string_view("depthwise"),
    std::string_view("attention"), std::string_view("window_attention"), std::string_view("shifted_window_attention"),
    std::string_view("pooling"),   std::string_view("identity")};
template <>
inline constexpr std::array enum_names<BlockShape>{std::string_view("bottleneck"),
                                                   std::string_view("inverted_bottleneck")};
template <>
inline constexpr std::array enum_names<SpatialPosition>{std::string_view("middle"), std::string_view("first")};
template <>
inline constexpr std::array enum_names<Activation>{std::string_view("relu"), std::string_view("gelu")};
template <>
inline constexpr std::array enum_names<Norm>{std::string_view("batch"), std::string_view("layer"),
                                             std::string_view("group")};
template <>
inline constexpr std::array enum_names<Downsampling>{std::string_view("in_block"), std::string_view("separate"),
                                                     std::string_view("patch_merging"),
                                                     std::string_view("overlapping")};
template <>
inline constexpr std::array enum_names<ConvBias>{std::string_view("where_no_norm_follows"), std::string_view("always")};
template <>
inline constexpr std::array enum_names<Initialization>{std::string_view("kaiming_fan_out"),
                                                       std::string_view("truncated_normal")};
template <>
inline constexpr std::array enum_names<PositionEmbedding>{std::string_view("none"), std::string_view("relative"),
                                                          std::string_view("learned"),
                                                          std::string_view("learned_with_token")};
template <>
inline constexpr std::array enum_names<Pooling>{std::string_view("mean"), std::string_view("class_token")};
template <>
inline constexpr std::array enum_names<HeadNorm>{std::string_view("after_pooling"), std::string_view("before_pooling")};

}  // namespace staircase::config
