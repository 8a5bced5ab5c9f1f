#include "staircase/plan/plan_parts.h"

namespace staircase::plan {

using namespace config;  // NOLINT: the option enums

namespace {

double total_parameters(const ModelPlan& plan) {
  double total = 0;
  for (const LayerSpec& layer : flat_layers(plan)) total += parameter_count(layer);
  return total;
}

std::vector<LayerSpec> residual_layers(const StagePlan& stage) {
  std::vector<LayerSpec> layers;
  for (const BlockPlan& block : stage.blocks)
    for (const ResidualPlan& residual : block.residuals)
      layers.insert(layers.end(), residual.layers.begin(), residual.layers.end());
  return layers;
}

/// "24", or "24x32" where the sides differ.
std::string size_text(ImageSize size) {
  const std::string height = std::to_string(size.height);
  return size.height == size.width ? height : height + "x" + std::to_string(size.width);
}

}  // namespace

void check_patchify_norm(const ModelOptions& o, const Place& place) {
  const bool without = o.stem != Stem::conv7_pool && !o.patchify_norm;
  if (without && o.downsampling == Downsampling::separate && o.depths.size() > 1)
    throw ConfigError(place.at("patchify_norm"),
                      "false does not go with " + place.at("downsampling").pointer +
                          " separate between stages: without that norm the network diverges");
}

void check_groups(const ModelOptions& o, const ModelPlan& plan, const Place& place) {
  if (o.spatial != Spatial::grouped) return;
  for (size_t s = 0; s < plan.stages.size(); ++s)
    for (const LayerSpec& layer : residual_layers(plan.stages[s]))
      if (layer.in % layer.groups != 0 || layer.out % layer.groups != 0)
        throw ConfigError(place.at("groups"), std::to_string(layer.groups) + " groups do not divide the " +
                                                  std::to_string(layer.in) + " channels that " +
                                                  place.at("width").pointer + " " + std::to_string(o.width) +
                                                  " with width_factor " + Json(o.width_factor).dump() +
                                                  " gives the spatial convolutions of stage " + std::to_string(s + 1));
}

void check_size(const ModelPlan& plan, const Place& place) {
  const double most = 2e9, parameters = total_parameters(plan);
  if (parameters > most)
    throw ConfigError(place.at("width"), "gives a network of " +
                                             std::to_string(static_cast<long long>(parameters / 1e6)) +
                                             " million parameters with depths, expansion and kernel_size as they are,"
                                             " at most 2000 million are allowed");
}

void refuse_image(ImageSize image, const LayerSpec& layer, ImageSize from, const Place& place) {
  throw ConfigError(place, size_text(image) + " px is too small for this network: " + layer.name + " (kernel " +
                               std::to_string(layer.kernel) + ", stride " + std::to_string(layer.stride) +
                               ") would get an image of side " + size_text(from) +
                               "; use larger images or fewer stages in /model/depths");
}

}  // namespace staircase::plan
