#include <algorithm>
#include <cmath>

#include "staircase/plan/plan_parts.h"

namespace staircase::plan {

using namespace config;  // NOLINT: the option enums

namespace {

LayerKind norm_kind(Norm norm) {
  switch (norm) {
    case Norm::batch: return LayerKind::batch_norm;
    case Norm::layer: return LayerKind::layer_norm;
    default: return LayerKind::group_norm;
  }
}

bool is_norm(const LayerSpec& layer) {
  return layer.kind == LayerKind::batch_norm || layer.kind == LayerKind::layer_norm ||
         layer.kind == LayerKind::group_norm;
}

LayerSpec attention_layer(const ModelOptions& o, int64_t channels, int64_t index) {
  LayerSpec layer{"attention", LayerKind::attention, channels, channels};
  layer.kernel = has_windows(o) ? o.kernel_size : 0;
  layer.groups = channels / o.head_dim;
  layer.bias = true;
  if (o.spatial == Spatial::shifted_window_attention && index % 2 == 1) layer.shift = o.kernel_size / 2;
  layer.position_bias = o.position_embedding == PositionEmbedding::relative;
  return layer;
}

int64_t scaled(int64_t width, double factor) {
  return std::max<int64_t>(1, std::llround(static_cast<double>(width) * factor));
}

}  // namespace

LayerSpec activation_layer(const ModelOptions& o, const std::string& name, int64_t channels) {
  return {name, o.activation == Activation::relu ? LayerKind::relu : LayerKind::gelu, channels, channels};
}

LayerSpec norm_layer(const ModelOptions& o, const std::string& name, int64_t channels) {
  LayerSpec layer{name, norm_kind(o.norm), channels, channels};
  const double own = o.norm == Norm::layer ? 1e-6 : 1e-5;
  if (o.norm_eps != own) layer.eps = o.norm_eps;
  return layer;
}

LayerSpec convolution(const std::string& name, int64_t in, int64_t out, int64_t kernel, int64_t stride, int64_t padding,
                      int64_t groups) {
  return {name, LayerKind::convolution, in, out, kernel, stride, padding, groups, false};
}

Chain spatial_layers(const ModelOptions& o, const std::string& name, int64_t channels, int64_t stride, int64_t index) {
  const int64_t kernel = o.kernel_size;
  const auto convolved = [&](int64_t groups) {
    return Chain{convolution(name, channels, channels, kernel, stride, kernel / 2, groups)};
  };
  switch (o.spatial) {
    case Spatial::dense: return convolved(1);
    case Spatial::grouped: return convolved(o.groups);
    case Spatial::depthwise: return convolved(channels);
    case Spatial::pooling: return {{"pool", LayerKind::pool_minus_input, channels, channels, kernel, 1, kernel / 2}};
    case Spatial::identity: return {};
    default: return {attention_layer(o, channels, index)};
  }
}

Chain with_biases(const ModelOptions& o, Chain chain) {
  for (size_t i = 0; i < chain.size(); ++i) {
    const bool norm_follows = i + 1 < chain.size() && is_norm(chain[i + 1]);
    if (chain[i].kind == LayerKind::convolution) chain[i].bias = o.conv_bias == ConvBias::always || !norm_follows;
  }
  return chain;
}

bool convolves(const ModelOptions& o) {
  return o.spatial == Spatial::dense || o.spatial == Spatial::grouped || o.spatial == Spatial::depthwise;
}

bool has_windows(const ModelOptions& o) {
  return o.spatial == Spatial::window_attention || o.spatial == Spatial::shifted_window_attention;
}

int64_t stage_width(const ModelOptions& o, size_t stage) {
  if (o.width.is_list()) return scaled(o.width.values.at(stage), o.width_factor);
  return scaled(o.width.values.at(0), o.width_factor) << stage;
}

int64_t stem_width(const ModelOptions& o) {
  return o.stem_width == 0 ? stage_width(o, 0) : scaled(o.stem_width, o.width_factor);
}

}  // namespace staircase::plan
