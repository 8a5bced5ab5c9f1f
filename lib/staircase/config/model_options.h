#pragma once

#include <cstdint>
#include <vector>

#include "staircase/config/model_enums.h"
#include "staircase/config/stage_widths.h"

namespace staircase::config {

/// Every switch of a network. The defaults are ResNet-50 v1.5.
/// Source: He et al. 2015, arXiv:1512.03385; Liu et al. 2022, arXiv:2201.03545; Dosovitskiy et al. 2020,
/// arXiv:2010.11929; Liu et al. 2021, arXiv:2103.14030; Yu et al. 2021, arXiv:2111.11418; Woo et al. 2023, arXiv:2301.00808.
struct ModelOptions {
  std::vector<int64_t> depths{3, 4, 6, 3};
  StageWidths width = 64;
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
  int64_t stem_width = 0;
  int64_t residuals_per_block = 1;
  PositionEmbedding position_embedding = PositionEmbedding::none;
  Pooling pooling = Pooling::mean;
  HeadNorm head_norm = HeadNorm::after_pooling;
  int64_t head_dim = 32;
  bool grn = false;
  double norm_eps = 0.0;
  int64_t image_size_px = 0;

  bool operator==(const ModelOptions&) const = default;

  static constexpr std::string_view title = "model";
  static constexpr auto fields() {
    using M = ModelOptions;
    return std::make_tuple(
        field("depths", &M::depths, "blocks in each stage", range(1, 200).items(1, 4)),
        field("width", &M::width, "channels of the first stage, each later one doubles them; or a list, one a stage",
              range(1, 4096).items(2, 4)),
        field("width_factor", &M::width_factor, "multiplies every width; the first stage's is rounded",
              range(0.001, 16)),
        field("stem", &M::stem,
              "7x7 stride 2 with max-pooling; patches of 4x4 (or 2x2, 8x8, 14x14, 16x16) px; 3x3 stride 1 for small "
              "images; 7x7 stride 4"),
        field("patchify_norm", &M::patchify_norm,
              "a norm after the patchify stem; separate downsampling between stages needs it"),
        field("patchify_activation", &M::patchify_activation, "an activation after the patchify stem"),
        field("spatial", &M::spatial,
              "what mixes space in a block: a dense, grouped or depthwise convolution, attention over all positions or "
              "in windows, pooling, or nothing (identity)"),
        field("groups", &M::groups, "groups of the spatial convolution where it is grouped", range(1, 65536)),
        field("block", &M::block, "wide-narrow-wide (bottleneck) or narrow-wide-narrow (inverted_bottleneck)"),
        field("expansion", &M::expansion, "wide over narrow inside a block", range(1, 16)),
        field("spatial_position", &M::spatial_position, "the spatial operation between the two 1x1, or before them"),
        field("kernel_size", &M::kernel_size, "side of the spatial convolution, of the pooling or of the windows",
              range(1, 63)),
        field("activation", &M::activation, "the nonlinearity; gelu is the exact one (erf)"),
        field("activations_per_block", &M::activations_per_block,
              "3: after each convolution and the addition; 1: before the last 1x1", Limits{}.either(1, 3)),
        field("norm", &M::norm,
              "batch: BatchNorm; layer: LayerNorm over channels at each position; group: over channels and positions"),
        field(
            "norms_per_block", &M::norms_per_block,
            "3: after each convolution; 1: after the spatial one, or where there are two residuals at the start of each",
            Limits{}.either(1, 3)),
        field("downsampling", &M::downsampling,
              "inside the first block of a stage, or between stages: a norm and a 2x2 stride-2 convolution (separate), "
              "four neighbours side by side (patch_merging), a 3x3 stride-2 convolution (overlapping)"),
        field("projection_norm", &M::projection_norm, "a norm on the projection shortcut"),
        field("conv_bias", &M::conv_bias, "which convolutions have a bias"),
        field("layer_scale_init", &M::layer_scale_init, "initial LayerScale of a residual's branch; 0: none",
              range(0, 10)),
        field("initialization", &M::initialization,
              "truncated_normal: std .02, biases 0; kaiming_fan_out: as torchvision's ResNet"),
        field("num_classes", &M::num_classes, "outputs of the head; 0: as many as the data has (1000 without data)",
              range(0, 1000000)),
        field("in_channels", &M::in_channels, "channels of the images; 0: as the data has (3 without data)",
              range(0, 1024)),
        field("stem_width", &M::stem_width, "channels that the stem gives; 0: the first stage's", range(0, 4096)),
        field("residuals_per_block", &M::residuals_per_block,
              "1: the spatial operation and the 1x1 layers in one residual; 2: the spatial operation in a first, the "
              "two 1x1 in a second",
              Limits{}.either(1, 2)),
        field("position_embedding", &M::position_embedding,
              "how the network knows where things are: a bias table in each window attention (relative), a table after "
              "the stem (learned), also for the class token (learned_with_token)"),
        field("pooling", &M::pooling, "what the head reads: the mean over positions, or a class token"),
        field("head_norm", &M::head_norm, "whether the final norm stands before or after the pooling"),
        field("head_dim", &M::head_dim, "channels of an attention head at width_factor 1", range(1, 4096)),
        field("grn", &M::grn, "global response normalization before the last 1x1"),
        field("norm_eps", &M::norm_eps, "epsilon of the norms; 0: their own (batch and group 1e-5, layer 1e-6)",
              range(0, 0.1)),
        field("image_size_px", &M::image_size_px,
              "side of the images that a learned position table is made for; 0: the data's (224 without data)",
              range(0, 16384)));
  }
};

}  // namespace staircase::config
