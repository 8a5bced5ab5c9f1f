#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "staircase/config/json.h"
#include "staircase/config/model_options.h"
#include "staircase/plan/layer_kinds.h"

namespace staircase::plan {

using config::ModelOptions;

/// y = after(shortcut(x) + drop_path(layer_scale * layers(x))); an empty shortcut is the identity.
/// All names stand in the block: "conv1", "layer_scale", "shortcut.conv".
struct ResidualPlan {
  std::vector<LayerSpec> layers;
  std::optional<LayerSpec> layer_scale;
  std::vector<LayerSpec> shortcut, after;
  double layer_scale_init = 0.0;
  int64_t out = 0;  ///< channels

  bool operator==(const ResidualPlan&) const = default;
};

/// One residual or several, which run in turn: attention and MLP are two. Drop path has one rate for
/// the block and a draw for each residual.
struct BlockPlan {
  std::vector<ResidualPlan> residuals;

  int64_t out() const { return residuals.back().out; }
  bool operator==(const BlockPlan&) const = default;
};

struct StagePlan {
  std::vector<LayerSpec> downsample;  ///< empty where the first block does it
  std::vector<BlockPlan> blocks;

  bool operator==(const StagePlan&) const = default;
};

/// A network as data: stem, stages, head, in the order in which they run.
/// Two networks for images of one size are the same when their plans are equal.
struct ModelPlan {
  ImageSize image;  ///< that the network was planned for, px; it takes others too
  std::vector<LayerSpec> stem;
  std::vector<StagePlan> stages;
  std::vector<LayerSpec> head;

  bool operator==(const ModelPlan&) const = default;
};

/// A layer with its whole path as name ("stages.0.blocks.1.conv2") and what it costs.
struct CountedLayer {
  LayerSpec spec;
  ImageSize out_size;  ///< of the feature map it gives, in positions
  int64_t params = 0;
  int64_t macs = 0;          ///< for one image, of convolutions and linear layers
  int64_t product_macs = 0;  ///< of an attention's two matrix products
};

/// Where no data says another size, px.
inline constexpr ImageSize default_image = square(224);

/// What the options mean for images of a size, layer by layer. Pure: no tensor is made.
/// num_classes 0 and in_channels 0 stand for 1000 and 3; image_size_px 0 for the image's height.
/// Throws config::ConfigError naming the two fields that cannot go together, or the field that
/// makes the network absurdly large (over 2e9 parameters).
ModelPlan plan_model(const ModelOptions& options, ImageSize image, const config::Place& place = {"", "/model"});
ModelPlan plan_model(const ModelOptions& options, const config::Place& place = {"", "/model"});

/// Whether a network has a table of positions, made for images of one size: image_size_px, which the data decide
/// where it is 0.
bool has_position_table(const ModelOptions& options);

/// Every layer in the order in which it runs, with its whole path as name.
std::vector<LayerSpec> flat_layers(const ModelPlan& plan);

/// The same with what each costs for an image of the plan's size.
/// Throws config::ConfigError at `place` when the network shrinks the image to nothing.
std::vector<CountedLayer> count_layers(const ModelPlan& plan, const config::Place& place = {"", "/data/image_size_px"});
/// The same for a square image of another size.
std::vector<CountedLayer> count_layers(ModelPlan plan, int64_t image_size_px,
                                       const config::Place& place = {"", "/data/image_size_px"});

struct ModelCounts {
  int64_t params = 0;
  int64_t macs = 0;          ///< of convolutions and linear layers
  int64_t product_macs = 0;  ///< of attention's matrix products

  int64_t all_macs() const { return macs + product_macs; }
  bool operator==(const ModelCounts&) const = default;
};

/// Totals of count_layers.
ModelCounts count_model(const ModelOptions& options, ImageSize image = default_image);
inline ModelCounts count_model(const ModelOptions& options, int64_t image_size_px) {
  return count_model(options, square(image_size_px));
}

}  // namespace staircase::plan
