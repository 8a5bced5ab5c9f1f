#include "staircase/plan/layer_spec.h"

#include <array>

namespace staircase::plan {

std::string_view kind_name(LayerKind kind) {
  static constexpr std::array<std::string_view, 9> names{
      "convolution", "batch_norm", "layer_norm", "relu", "gelu", "max_pool", "average_pool", "linear", "layer_scale"};
  return names[static_cast<size_t>(kind)];
}

std::vector<TensorSpec> layer_tensors(const LayerSpec& layer) {
  const std::string prefix = layer.name + ".";
  std::vector<TensorSpec> tensors;
  switch (layer.kind) {
    case LayerKind::convolution:
      tensors = {{prefix + "weight", {layer.out, layer.in / layer.groups, layer.kernel, layer.kernel}}};
      if (layer.bias) tensors.push_back({prefix + "bias", {layer.out}});
      break;
    case LayerKind::linear:
      tensors = {{prefix + "weight", {layer.out, layer.in}}, {prefix + "bias", {layer.out}}};
      break;
    case LayerKind::layer_norm: tensors = {{prefix + "weight", {layer.out}}, {prefix + "bias", {layer.out}}}; break;
    case LayerKind::batch_norm:
      for (const char* each : {"weight", "bias", "running_mean", "running_var"})
        tensors.push_back({prefix + each, {layer.out}});
      tensors.push_back({prefix + "num_batches_tracked", {}, true});
      break;
    case LayerKind::layer_scale: tensors = {{layer.name, {layer.out}}}; break;
    default: break;
  }
  return tensors;
}

double parameter_count(const LayerSpec& layer) {
  const auto in = static_cast<double>(layer.in), out = static_cast<double>(layer.out);
  const double bias = layer.bias ? out : 0.0;
  switch (layer.kind) {
    case LayerKind::convolution:
      return out * in / static_cast<double>(layer.groups) * static_cast<double>(layer.kernel * layer.kernel) + bias;
    case LayerKind::linear: return out * in + bias;
    case LayerKind::batch_norm:
    case LayerKind::layer_norm: return 2.0 * out;
    case LayerKind::layer_scale: return out;
    default: return 0.0;
  }
}

int64_t output_size(const LayerSpec& layer, int64_t size) {
  if (layer.kind == LayerKind::average_pool) return 1;
  if (layer.kind != LayerKind::convolution && layer.kind != LayerKind::max_pool) return size;
  const int64_t room = size + 2 * layer.padding - layer.kernel;
  return room < 0 ? 0 : room / layer.stride + 1;
}

double mac_count(const LayerSpec& layer, int64_t output_size) {
  const auto in = static_cast<double>(layer.in), out = static_cast<double>(layer.out);
  if (layer.kind == LayerKind::linear) return in * out;
  if (layer.kind != LayerKind::convolution) return 0.0;
  const auto positions = static_cast<double>(output_size) * static_cast<double>(output_size);
  const auto taps = static_cast<double>(layer.kernel * layer.kernel);
  return positions * out * in / static_cast<double>(layer.groups) * taps;
}

}  // namespace staircase::plan
