#include "staircase/plan/plan.h"

#include <algorithm>
#include <functional>

#include "staircase/plan/plan_parts.h"

namespace staircase::plan {
namespace {

using namespace config;  // NOLINT: the option enums

StagePlan plan_stage(const ModelOptions& o, size_t number, int64_t in) {
  const bool inverted = o.block == BlockShape::inverted_bottleneck, first_stage = number == 0;
  const int64_t narrow = stage_width(o, number), wide = narrow * o.expansion;
  const int64_t out = inverted ? narrow : wide, hidden = inverted ? wide : narrow;
  StagePlan stage;
  int64_t stride = first_stage ? 1 : 2;
  if (!first_stage && o.downsampling != Downsampling::in_block) {
    stage.downsample = plan_downsample(o, in, out);
    in = out;
    stride = 1;
  }
  for (int64_t i = 0; i < o.depths[number]; ++i, in = out, stride = 1)
    stage.blocks.push_back(plan_block(o, {in, hidden, out, stride, i}));
  return stage;
}

/// The plan as far as no layer is asked whether it fits.
ModelPlan assemble(const ModelOptions& o, ImageSize image) {
  ModelPlan plan;
  plan.image = image;
  plan.stem = plan_stem(o, image);
  int64_t channels = stem_width(o);
  for (size_t i = 0; i < o.depths.size(); ++i) {
    plan.stages.push_back(plan_stage(o, i, channels));
    channels = plan.stages.back().blocks.back().out();
  }
  plan.head = plan_head(o, channels);
  return plan;
}

/// How a chain goes on: from the one before it, at the start of a residual, or beside its layers.
enum class ChainRole { trunk, residual, shortcut };

/// Calls visit(prefix of the names, chain, role) in the order in which the network runs.
void for_each_chain(const ModelPlan& plan,
                    const std::function<void(const std::string&, const std::vector<LayerSpec>&, ChainRole)>& visit) {
  visit("stem.", plan.stem, ChainRole::trunk);
  for (size_t s = 0; s < plan.stages.size(); ++s) {
    const std::string stage = "stages." + std::to_string(s) + ".";
    visit(stage + "downsample.", plan.stages[s].downsample, ChainRole::trunk);
    for (size_t b = 0; b < plan.stages[s].blocks.size(); ++b) {
      const std::string prefix = stage + "blocks." + std::to_string(b) + ".";
      for (const ResidualPlan& residual : plan.stages[s].blocks[b].residuals) {
        visit(prefix, residual.layers, ChainRole::residual);
        if (residual.layer_scale) visit(prefix, {*residual.layer_scale}, ChainRole::trunk);
        visit(prefix, residual.shortcut, ChainRole::shortcut);
        visit(prefix, residual.after, ChainRole::trunk);
      }
    }
  }
  visit("head.", plan.head, ChainRole::trunk);
}

}  // namespace

ModelPlan plan_model(const ModelOptions& o, ImageSize image, const Place& place) {
  check_options(o, place);
  ModelPlan plan = assemble(o, image);
  ModelOptions at_full_width = o;
  at_full_width.width_factor = 1.0;
  set_heads(o, plan, assemble(at_full_width, image), place);
  check_groups(o, plan, place);
  check_table(o, plan, place);
  check_size(plan, place);
  return plan;
}

ModelPlan plan_model(const ModelOptions& o, const Place& place) { return plan_model(o, default_image, place); }

std::vector<LayerSpec> flat_layers(const ModelPlan& plan) {
  std::vector<LayerSpec> layers;
  for_each_chain(plan, [&](const std::string& prefix, const std::vector<LayerSpec>& chain, ChainRole) {
    for (const LayerSpec& layer : chain) {
      layers.push_back(layer);
      layers.back().name = prefix + layer.name;
    }
  });
  return layers;
}

std::vector<CountedLayer> count_layers(const ModelPlan& plan, const Place& place) {
  std::vector<CountedLayer> counted;
  const auto count_chain = [&](const std::string& prefix, const std::vector<LayerSpec>& chain, ImageSize from) {
    for (const LayerSpec& layer : chain) {
      CountedLayer entry{layer, output_size(layer, from)};
      entry.spec.name = prefix + layer.name;
      if (std::min(entry.out_size.height, entry.out_size.width) < 1) refuse_image(plan.image, entry.spec, from, place);
      entry.params = static_cast<int64_t>(parameter_count(layer));
      entry.macs = static_cast<int64_t>(mac_count(layer, entry.out_size));
      entry.product_macs = static_cast<int64_t>(product_mac_count(layer, entry.out_size));
      counted.push_back(entry);
      from = entry.out_size;
    }
    return from;
  };
  ImageSize size = plan.image, entered = size;  // entered: the size at the residual's entry
  for_each_chain(plan, [&](const std::string& prefix, const std::vector<LayerSpec>& chain, ChainRole role) {
    if (role == ChainRole::residual) entered = size;
    const ImageSize left = count_chain(prefix, chain, role == ChainRole::shortcut ? entered : size);
    if (role != ChainRole::shortcut) size = left;
  });
  return counted;
}

std::vector<CountedLayer> count_layers(ModelPlan plan, int64_t image_size_px, const Place& place) {
  plan.image = square(image_size_px);
  return count_layers(plan, place);
}

ModelCounts count_model(const ModelOptions& options, ImageSize image) {
  ModelCounts total;
  for (const CountedLayer& layer : count_layers(plan_model(options, image))) {
    total.params += layer.params;
    total.macs += layer.macs;
    total.product_macs += layer.product_macs;
  }
  return total;
}

}  // namespace staircase::plan
