#include "staircase/plan/plan.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "staircase/plan/plan_parts.h"

namespace staircase::plan {
namespace {

using namespace config;  // NOLINT: the option enums

std::vector<LayerSpec> plan_stem(const ModelOptions& o, int64_t in, int64_t out) {
  std::vector<LayerSpec> stem;
  if (o.stem == Stem::conv7_pool) {
    stem = {convolution("conv", in, out, 7, 2, 3),
            norm_layer(o, "norm", out),
            activation_layer(o, "activation", out),
            {"pool", LayerKind::max_pool, out, out, 3, 2, 1}};
  } else {
    const int64_t patch = o.stem == Stem::patchify4 ? 4 : 16;
    stem = {convolution("conv", in, out, patch, patch, 0)};
    if (o.patchify_norm) stem.push_back(norm_layer(o, "norm", out));
    if (o.patchify_activation) stem.push_back(activation_layer(o, "activation", out));
  }
  return with_biases(o, stem);
}

StagePlan plan_stage(const ModelOptions& o, int64_t depth, bool first_stage, int64_t in, int64_t narrow) {
  const bool inverted = o.block == BlockShape::inverted_bottleneck;
  const int64_t out = inverted ? narrow : narrow * o.expansion;
  const int64_t hidden = inverted ? narrow * o.expansion : narrow;
  StagePlan stage;
  int64_t stride = first_stage ? 1 : 2;
  if (!first_stage && o.downsampling == Downsampling::separate) {
    stage.downsample = with_biases(o, {norm_layer(o, "norm", in), convolution("conv", in, out, 2, 2, 0)});
    in = out;
    stride = 1;
  }
  for (int64_t i = 0; i < depth; ++i, in = out, stride = 1)
    stage.blocks.push_back(plan_block(o, in, hidden, out, stride));
  return stage;
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
  check_patchify_norm(o, place);
  const auto base = std::max<int64_t>(1, std::llround(static_cast<double>(o.width) * o.width_factor));
  const int64_t classes = o.num_classes ? o.num_classes : 1000;
  ModelPlan plan;
  plan.image = image;
  plan.stem = plan_stem(o, o.in_channels ? o.in_channels : 3, base);
  int64_t channels = base;
  for (size_t i = 0; i < o.depths.size(); ++i) {
    plan.stages.push_back(plan_stage(o, o.depths[i], i == 0, channels, base << i));
    channels = plan.stages.back().blocks.back().out();
  }
  plan.head.push_back({"pool", LayerKind::average_pool, channels, channels});
  if (o.downsampling == Downsampling::separate) plan.head.push_back(norm_layer(o, "norm", channels));
  plan.head.push_back({"linear", LayerKind::linear, channels, classes, 1, 1, 0, 1, true});
  check_groups(o, plan, place);
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
  }
  return total;
}

}  // namespace staircase::plan
