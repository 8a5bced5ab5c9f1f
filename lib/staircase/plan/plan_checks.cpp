#include <algorithm>

#include "staircase/config/codec.h"
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

[[noreturn]] void refuse_pair(const Place& place, const char* field, const std::string& value, const char* other,
                              const std::string& other_value, const std::string& why) {
  throw ConfigError(place.at(field),
                    value + " does not go with " + place.at(other).pointer + " " + other_value + ": " + why);
}

void check_width(const ModelOptions& o, const Place& place) {
  if (o.width.is_list() && o.width.values.size() != o.depths.size())
    throw ConfigError(place.at("width"), "has " + std::to_string(o.width.values.size()) + " values for the " +
                                             std::to_string(o.depths.size()) + " stages in " +
                                             place.at("depths").pointer);
}

bool is_patchify(Stem stem) { return to_name(stem).starts_with("patchify"); }

void check_patchify_norm(const ModelOptions& o, const Place& place) {
  const bool without = is_patchify(o.stem) && !o.patchify_norm;
  if (without && o.downsampling == Downsampling::separate && o.depths.size() > 1)
    throw ConfigError(place.at("patchify_norm"),
                      "false does not go with " + place.at("downsampling").pointer +
                          " separate between stages: without that norm the network diverges");
}

void check_spatial(const ModelOptions& o, const Place& place) {
  const std::string spatial(to_name(o.spatial));
  if (!convolves(o) && o.downsampling == Downsampling::in_block && o.depths.size() > 1)
    throw ConfigError(place.at("spatial"), spatial + " has no stride, which " + place.at("downsampling").pointer +
                                               " in_block asks of the first block of a stage");
  if (o.kernel_size % 2 == 0 && !has_windows(o) && o.spatial != Spatial::attention)
    throw ConfigError(place.at("kernel_size"), std::to_string(o.kernel_size) +
                                                   " is even, which only windows can be: it does not go with " +
                                                   place.at("spatial").pointer + " " + spatial);
}

void check_position_embedding(const ModelOptions& o, const Place& place) {
  const bool with_token = o.position_embedding == PositionEmbedding::learned_with_token;
  if (o.position_embedding == PositionEmbedding::relative && !has_windows(o))
    refuse_pair(place, "position_embedding", "relative", "spatial", std::string(to_name(o.spatial)),
                "only window attention has a bias table");
  if (o.image_size_px != 0 && !has_position_table(o))
    throw ConfigError(place.at("image_size_px"), "is of a learned table, and " +
                                                     place.at("position_embedding").pointer + " is " +
                                                     std::string(to_name(o.position_embedding)) +
                                                     " (did you mean /data/image_size_px?)");
  if (with_token && o.pooling != Pooling::class_token)
    refuse_pair(place, "position_embedding", "learned_with_token", "pooling", "mean", "there is no class token");
}

void check_class_token(const ModelOptions& o, const Place& place) {
  if (o.pooling != Pooling::class_token) return;
  if (o.spatial != Spatial::attention)
    refuse_pair(place, "pooling", "class_token", "spatial", std::string(to_name(o.spatial)),
                "only attention lets the token see the image");
  if (o.depths.size() > 1)
    throw ConfigError(place.at("pooling"), "class_token does not go with " + std::to_string(o.depths.size()) +
                                               " stages in " + place.at("depths").pointer +
                                               ": the token cannot be downsampled");
}

std::string width_text(const ModelOptions& o) { return Codec<StageWidths>::write(o.width).dump(); }

[[noreturn]] void refuse_heads(const ModelOptions& o, const LayerSpec& full, const LayerSpec& scaled, size_t stage,
                               const Place& place) {
  const std::string of_stage = " of stage " + std::to_string(stage + 1);
  if (full.in % o.head_dim != 0)
    throw ConfigError(place.at("head_dim"), std::to_string(o.head_dim) + " does not divide the " +
                                                std::to_string(full.in) + " channels that " +
                                                place.at("width").pointer + " " + width_text(o) +
                                                " gives the attention" + of_stage);
  throw ConfigError(place.at("width_factor"), Json(o.width_factor).dump() + " leaves " + std::to_string(scaled.in) +
                                                  " channels for the " + std::to_string(full.in / o.head_dim) +
                                                  " heads that " + place.at("head_dim").pointer + " " +
                                                  std::to_string(o.head_dim) + " gives the attention" + of_stage);
}

}  // namespace

void check_options(const ModelOptions& o, const Place& place) {
  check_width(o, place);
  check_patchify_norm(o, place);
  check_spatial(o, place);
  check_position_embedding(o, place);
  check_class_token(o, place);
}

void check_groups(const ModelOptions& o, const ModelPlan& plan, const Place& place) {
  if (o.spatial != Spatial::grouped) return;
  for (size_t s = 0; s < plan.stages.size(); ++s)
    for (const LayerSpec& layer : residual_layers(plan.stages[s]))
      if (layer.in % layer.groups != 0 || layer.out % layer.groups != 0)
        throw ConfigError(place.at("groups"), std::to_string(layer.groups) + " groups do not divide the " +
                                                  std::to_string(layer.in) + " channels that " +
                                                  place.at("width").pointer + " " + width_text(o) +
                                                  " with width_factor " + Json(o.width_factor).dump() +
                                                  " gives the spatial convolutions of stage " + std::to_string(s + 1));
}

void set_heads(const ModelOptions& o, ModelPlan& plan, const ModelPlan& full, const Place& place) {
  for (size_t s = 0; s < plan.stages.size(); ++s)
    for (size_t b = 0; b < plan.stages[s].blocks.size(); ++b)
      for (size_t r = 0; r < plan.stages[s].blocks[b].residuals.size(); ++r) {
        Chain& layers = plan.stages[s].blocks[b].residuals[r].layers;
        for (size_t i = 0; i < layers.size(); ++i) {
          if (layers[i].kind != LayerKind::attention) continue;
          const LayerSpec& at_full = full.stages[s].blocks[b].residuals[r].layers[i];
          const int64_t heads = at_full.in / o.head_dim;
          if (at_full.in % o.head_dim != 0 || layers[i].in % heads != 0) refuse_heads(o, at_full, layers[i], s, place);
          layers[i].groups = heads;
        }
      }
}

void check_table(const ModelOptions& o, const ModelPlan& plan, const Place& place) {
  ImageSize grid = square(o.image_size_px);
  for (const LayerSpec& layer : plan.stem) {
    const bool has_table = layer.kind == LayerKind::position_embedding;
    if (has_table && o.image_size_px != 0 && std::min(grid.height, grid.width) < 1)
      throw ConfigError(place.at("image_size_px"), std::to_string(o.image_size_px) + " is too small for " +
                                                       place.at("stem").pointer + " " + std::string(to_name(o.stem)) +
                                                       ": no position is left for the table");
    if (layer.kind != LayerKind::class_token) grid = output_size(layer, grid);
  }
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
