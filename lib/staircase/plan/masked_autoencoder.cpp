#include "staircase/plan/masked_autoencoder.h"

#include <algorithm>
#include <cmath>

#include "staircase/config/codec.h"
#include "staircase/plan/named_models.h"
#include "staircase/plan/plan_parts.h"

namespace staircase::plan {
namespace {

using namespace config;  // NOLINT: the option enums

constexpr const char* task_text = " does not go with /recipe/task masked_autoencoding: ";

/// What runs once, in turn: the stem and each downsampling between stages.
std::vector<LayerSpec> trunk_of(const ModelPlan& plan) {
  std::vector<LayerSpec> trunk = plan.stem;
  for (const StagePlan& stage : plan.stages)
    trunk.insert(trunk.end(), stage.downsample.begin(), stage.downsample.end());
  return trunk;
}

bool overlaps(const LayerSpec& layer) { return layer.kernel > layer.stride; }

bool any_overlaps(const std::vector<LayerSpec>& chain) { return std::any_of(chain.begin(), chain.end(), overlaps); }

void check_layers(const ModelOptions& o, const ModelPlan& plan, const std::string& source) {
  const auto refuse = [&](const char* field, std::string_view value, const std::string& why) {
    throw ConfigError({source, std::string("/model/") + field}, std::string(value) + task_text + why);
  };
  if (o.norm != Norm::layer)
    refuse("norm", to_name(o.norm), "its statistics would be of hidden positions too; allowed is layer");
  if (!convolves(o) && o.spatial != Spatial::identity)
    refuse("spatial", to_name(o.spatial),
           "it cannot leave hidden positions out; allowed are dense, grouped, depthwise and identity");
  if (any_overlaps(plan.stem))
    refuse("stem", to_name(o.stem),
           "its windows overlap and mix hidden and visible pixels; allowed are patchify stems");
  const bool mixes = std::any_of(plan.stages.begin() + 1, plan.stages.end(), [](const StagePlan& stage) {
    return stage.downsample.empty() || any_overlaps(stage.downsample);
  });
  if (mixes)
    refuse("downsampling", to_name(o.downsampling),
           "its windows overlap and mix hidden and visible positions; allowed are separate and patch_merging");
}

void check_cells(const Configuration& c, int64_t cell, const std::string& source) {
  const int64_t side = c.data.image_size_px, cells = (side / cell) * (side / cell);
  if (side % cell != 0 || side < cell)
    throw ConfigError({source, "/data/image_size_px"},
                      "found " + std::to_string(side) + ", allowed are multiples of " + std::to_string(cell) +
                          ", the side of the cells that /recipe/task masked_autoencoding hides for this network");
  if (visible_cells(cells, c.recipe.hidden_share) == 0)
    throw ConfigError({source, "/recipe/hidden_share"},
                      Json(c.recipe.hidden_share).dump() + " leaves none of the " + std::to_string(cells) +
                          " cells visible that /data/image_size_px " + std::to_string(side) + " has, of " +
                          std::to_string(cell) + " px");
}

}  // namespace

int64_t cell_px(const ModelPlan& plan) {
  int64_t side = 1;
  for (const LayerSpec& layer : trunk_of(plan)) side *= layer.stride;
  return side;
}

DecoderPlan plan_decoder(const ModelPlan& plan, int64_t width) {
  ModelOptions v2 = find_model("convnextv2_tiny", {}).options;
  v2.width = width;
  v2.depths = {1};
  const int64_t cell = cell_px(plan), pixels = cell * cell * plan.stem.front().in;
  DecoderPlan decoder;
  decoder.enter = convolution("enter", plan.stages.back().blocks.back().out(), width, 1, 1, 0);
  decoder.token = {"token", LayerKind::class_token, width, width};  // the same learned numbers, put elsewhere
  decoder.block = plan_block(v2, {width, width * v2.expansion, width, 1, 0});
  decoder.leave = convolution("leave", width, pixels, 1, 1, 0);
  decoder.enter.bias = decoder.leave.bias = true;
  return decoder;
}

std::vector<LayerSpec> flat_layers(const DecoderPlan& decoder) {
  std::vector<LayerSpec> layers{decoder.enter, decoder.token};
  for (const ResidualPlan& residual : decoder.block.residuals)
    for (LayerSpec layer : residual.layers) {
      layer.name = "block." + layer.name;
      layers.push_back(layer);
    }
  layers.push_back(decoder.leave);
  for (LayerSpec& layer : layers) layer.name = "decoder." + layer.name;
  return layers;
}

int64_t visible_cells(int64_t cells, double hidden_share) {
  const double rounding = 1e-9;  // .3 of 10 cells are 3
  return static_cast<int64_t>(std::floor((1.0 - hidden_share) * static_cast<double>(cells) + rounding));
}

bool sees_other_positions(const LayerSpec& layer) {
  return layer.kind == LayerKind::grn || (layer.kind == LayerKind::convolution && overlaps(layer));
}

void check_masked_autoencoding(const Configuration& c, const std::string& source) {
  const ModelPlan plan = plan_model(c.model, square(c.data.image_size_px));
  check_layers(c.model, plan, source);
  check_cells(c, cell_px(plan), source);
  if (!c.init.weights.empty())
    throw ConfigError({source, "/init/weights"}, c.init.weights + task_text + "it starts from random weights");
  if (c.init.freeze != Freeze::none)
    throw ConfigError({source, "/init/freeze"},
                      std::string(to_name(c.init.freeze)) + task_text + "it trains the whole network");
}

}  // namespace staircase::plan
