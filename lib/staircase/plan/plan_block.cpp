#include "staircase/plan/plan_parts.h"

namespace staircase::plan {

using namespace config;  // NOLINT: the option enums

namespace {

bool is_norm(const LayerSpec& layer) {
  return layer.kind == LayerKind::batch_norm || layer.kind == LayerKind::layer_norm;
}

/// What mixes space in a block: the one place that gives `spatial` its meaning.
LayerSpec spatial_layer(const ModelOptions& o, const std::string& name, int64_t channels, int64_t stride) {
  int64_t groups = 1;
  if (o.spatial == Spatial::grouped) groups = o.groups;
  if (o.spatial == Spatial::depthwise) groups = channels;
  return convolution(name, channels, channels, o.kernel_size, stride, o.kernel_size / 2, groups);
}

std::vector<LayerSpec> plan_layers(const ModelOptions& o, int64_t in, int64_t hidden, int64_t out, int64_t stride) {
  const bool first = o.spatial_position == SpatialPosition::first;
  const LayerSpec convolutions[3] = {
      first ? spatial_layer(o, "conv1", in, stride) : convolution("conv1", in, hidden, 1, 1, 0),
      first ? convolution("conv2", in, hidden, 1, 1, 0) : spatial_layer(o, "conv2", hidden, stride),
      convolution("conv3", hidden, out, 1, 1, 0)};
  const int spatial = first ? 0 : 1;
  std::vector<LayerSpec> layers;
  for (int i = 0; i < 3; ++i) {
    const std::string number = std::to_string(i + 1);
    const int64_t channels = convolutions[i].out;
    layers.push_back(convolutions[i]);
    if (o.norms_per_block == 3 || i == spatial) layers.push_back(norm_layer(o, "norm" + number, channels));
    // With one activation it stands directly before the last 1x1.
    if (i == 1 || (i == 0 && o.activations_per_block == 3))
      layers.push_back(activation_layer(o, "activation" + number, channels));
  }
  return with_biases(o, layers);
}

}  // namespace

LayerSpec activation_layer(const ModelOptions& o, const std::string& name, int64_t channels) {
  return {name, o.activation == Activation::relu ? LayerKind::relu : LayerKind::gelu, channels, channels};
}

LayerSpec norm_layer(const ModelOptions& o, const std::string& name, int64_t channels) {
  return {name, o.norm == Norm::batch ? LayerKind::batch_norm : LayerKind::layer_norm, channels, channels};
}

LayerSpec convolution(const std::string& name, int64_t in, int64_t out, int64_t kernel, int64_t stride, int64_t padding,
                      int64_t groups) {
  return {name, LayerKind::convolution, in, out, kernel, stride, padding, groups, false};
}

std::vector<LayerSpec> with_biases(const ModelOptions& o, std::vector<LayerSpec> chain) {
  for (size_t i = 0; i < chain.size(); ++i) {
    const bool norm_follows = i + 1 < chain.size() && is_norm(chain[i + 1]);
    if (chain[i].kind == LayerKind::convolution) chain[i].bias = o.conv_bias == ConvBias::always || !norm_follows;
  }
  return chain;
}

BlockPlan plan_block(const ModelOptions& o, int64_t in, int64_t hidden, int64_t out, int64_t stride) {
  ResidualPlan residual;
  residual.out = out;
  residual.layers = plan_layers(o, in, hidden, out, stride);
  residual.layer_scale_init = o.layer_scale_init;
  if (o.layer_scale_init != 0) residual.layer_scale = {"layer_scale", LayerKind::layer_scale, out, out};
  if (in != out || stride != 1) {
    residual.shortcut.push_back(convolution("shortcut.conv", in, out, 1, stride, 0));
    if (o.projection_norm) residual.shortcut.push_back(norm_layer(o, "shortcut.norm", out));
    residual.shortcut = with_biases(o, residual.shortcut);
  }
  if (o.activations_per_block == 3) residual.after.push_back(activation_layer(o, "activation3", out));
  return {{residual}};
}

}  // namespace staircase::plan
