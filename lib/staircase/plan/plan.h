#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "staircase/config/json.h"
#include "staircase/config/model_options.h"
#include "staircase/plan/layer_spec.h"

namespace staircase::plan {

using config::ModelOptions;

/// y = after(shortcut(x) + drop_path(layer_scale * branch(x))); an empty shortcut is the identity.
struct BlockPlan {
  std::vector<LayerSpec> branch, shortcut, after;
  double layer_scale_init = 0.0;  ///< 0: no LayerScale
  int64_t out = 0;                ///< channels
};

struct StagePlan {
  std::vector<LayerSpec> downsample;  ///< empty where the first block does it
  std::vector<BlockPlan> blocks;
};

/// A network as data: stem, stages, head, in the order in which they run.
struct ModelPlan {
  std::vector<LayerSpec> stem;
  std::vector<StagePlan> stages;
  std::vector<LayerSpec> head;
};

/// A layer with its whole path as name ("stages.0.blocks.1.conv2") and what it costs.
struct CountedLayer {
  LayerSpec spec;
  int64_t out_size = 0;  ///< side of the square output, in positions
  int64_t params = 0;
  int64_t macs = 0;  ///< for one image
};

/// What the options mean, layer by layer. Pure: no tensor is made.
/// num_classes 0 and in_channels 0 stand for 1000 and 3.
/// Throws config::ConfigError naming the two fields that cannot go together, or the field that
/// makes the network absurdly large (over 2e9 parameters).
ModelPlan plan_model(const ModelOptions& options, const config::Place& place = {"", "/model"});

/// Every layer in the order in which it runs, with its whole path as name.
std::vector<LayerSpec> flat_layers(const ModelPlan& plan);

/// The same with what each costs for a square image.
/// Throws config::ConfigError at `place` when the network shrinks the image to nothing.
std::vector<CountedLayer> count_layers(const ModelPlan& plan, int64_t image_size_px,
                                       const config::Place& place = {"", "/data/image_size_px"});

struct ModelCounts {
  int64_t params = 0;
  int64_t macs = 0;
  bool operator==(const ModelCounts&) const = default;
};

/// Totals of count_layers.
ModelCounts count_model(const ModelOptions& options, int64_t image_size_px = 224);

}  // namespace staircase::plan
