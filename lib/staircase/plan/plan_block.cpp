#include "staircase/plan/plan_parts.h"

namespace staircase::plan {

using namespace config;  // NOLINT: the option enums

namespace {

void append(Chain& chain, const Chain& more) { chain.insert(chain.end(), more.begin(), more.end()); }

void add_grn(const ModelOptions& o, Chain& chain, int64_t channels) {
  if (o.grn) chain.push_back({"grn", LayerKind::grn, channels, channels});
}

/// The spatial operation and the two 1x1 in one residual.
Chain whole_block(const ModelOptions& o, const BlockPlace& at) {
  const bool first = o.spatial_position == SpatialPosition::first;
  const int spatial = first ? 0 : 1;
  const Chain operations[3] = {first ? spatial_layers(o, "conv1", at.in, at.stride, at.index)
                                     : Chain{convolution("conv1", at.in, at.hidden, 1, 1, 0)},
                               first ? Chain{convolution("conv2", at.in, at.hidden, 1, 1, 0)}
                                     : spatial_layers(o, "conv2", at.hidden, at.stride, at.index),
                               {convolution("conv3", at.hidden, at.out, 1, 1, 0)}};
  const int64_t channels[3] = {first ? at.in : at.hidden, at.hidden, at.out};
  Chain layers;
  for (int i = 0; i < 3; ++i) {
    const std::string number = std::to_string(i + 1);
    append(layers, operations[i]);
    if (o.norms_per_block == 3 || i == spatial) layers.push_back(norm_layer(o, "norm" + number, channels[i]));
    // With one activation it stands directly before the last 1x1.
    if (i == 1 || (i == 0 && o.activations_per_block == 3))
      layers.push_back(activation_layer(o, "activation" + number, channels[i]));
    if (i == 1) add_grn(o, layers, channels[i]);
  }
  return with_biases(o, layers);
}

/// A norm and the spatial operation; in the middle of two 1x1 that keep the channels.
Chain spatial_half(const ModelOptions& o, const BlockPlace& at) {
  const bool middle = o.spatial_position == SpatialPosition::middle, norms = o.norms_per_block == 3;
  const int64_t c = at.in;
  Chain layers{norm_layer(o, "pre_norm1", c)};
  if (middle) {
    layers.push_back(convolution("conv1_in", c, c, 1, 1, 0));
    if (norms) layers.push_back(norm_layer(o, "norm1_in", c));
    if (o.activations_per_block == 3) layers.push_back(activation_layer(o, "activation1_in", c));
  }
  append(layers, spatial_layers(o, "conv1", c, at.stride, at.index));
  if (norms) layers.push_back(norm_layer(o, "norm1", c));
  if (middle) {
    layers.push_back(activation_layer(o, "activation1", c));
    layers.push_back(convolution("conv1_out", c, c, 1, 1, 0));
    if (norms) layers.push_back(norm_layer(o, "norm1_out", c));
  }
  return with_biases(o, layers);
}

/// A norm and the two 1x1: the MLP.
Chain pointwise_half(const ModelOptions& o, const BlockPlace& at) {
  const bool norms = o.norms_per_block == 3;
  Chain layers{norm_layer(o, "pre_norm2", at.in), convolution("conv2", at.in, at.hidden, 1, 1, 0)};
  if (norms) layers.push_back(norm_layer(o, "norm2", at.hidden));
  layers.push_back(activation_layer(o, "activation2", at.hidden));
  add_grn(o, layers, at.hidden);
  layers.push_back(convolution("conv3", at.hidden, at.out, 1, 1, 0));
  if (norms) layers.push_back(norm_layer(o, "norm3", at.out));
  return with_biases(o, layers);
}

Chain plan_shortcut(const ModelOptions& o, const std::string& name, int64_t in, int64_t out, int64_t stride) {
  if (in == out && stride == 1) return {};
  Chain shortcut{convolution(name + ".conv", in, out, 1, stride, 0)};
  if (o.projection_norm) shortcut.push_back(norm_layer(o, name + ".norm", out));
  return with_biases(o, shortcut);
}

/// What all residuals have, with names that end in `number`.
ResidualPlan residual(const ModelOptions& o, Chain layers, Chain shortcut, int64_t out, const std::string& number,
                      const std::string& activation) {
  ResidualPlan planned;
  planned.layers = std::move(layers);
  if (o.layer_scale_init != 0) planned.layer_scale = {"layer_scale" + number, LayerKind::layer_scale, out, out};
  planned.shortcut = std::move(shortcut);
  if (o.activations_per_block == 3) planned.after.push_back(activation_layer(o, activation, out));
  planned.layer_scale_init = o.layer_scale_init;
  planned.out = out;
  return planned;
}

}  // namespace

BlockPlan plan_block(const ModelOptions& o, const BlockPlace& at) {
  if (o.residuals_per_block == 1)
    return {{residual(o, whole_block(o, at), plan_shortcut(o, "shortcut", at.in, at.out, at.stride), at.out, "",
                      "activation3")}};
  return {{residual(o, spatial_half(o, at), plan_shortcut(o, "shortcut1", at.in, at.in, at.stride), at.in, "1",
                    "activation_after1"),
           residual(o, pointwise_half(o, at), plan_shortcut(o, "shortcut2", at.in, at.out, 1), at.out, "2",
                    "activation_after2")}};
}

}  // namespace staircase::plan
