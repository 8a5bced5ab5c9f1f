#include "staircase/plan/layer_kinds.h"

#include <array>
#include <stdexcept>

namespace staircase::plan {
namespace {

using Tensors = std::vector<TensorSpec>;

Tensors no_tensors(const LayerSpec&) { return {}; }

Tensors with_bias(const LayerSpec& layer, std::vector<int64_t> weight_shape) {
  Tensors tensors{{"weight", std::move(weight_shape)}};
  if (layer.bias) tensors.push_back({"bias", {layer.out}});
  return tensors;
}

Tensors convolution_tensors(const LayerSpec& layer) {
  return with_bias(layer, {layer.out, layer.in / layer.groups, layer.kernel, layer.kernel});
}

Tensors linear_tensors(const LayerSpec& layer) { return with_bias(layer, {layer.out, layer.in}); }

Tensors layer_norm_tensors(const LayerSpec& layer) {
  return {{"weight", {layer.out}, TensorRole::parameter, 1.0}, {"bias", {layer.out}}};
}

Tensors batch_norm_tensors(const LayerSpec& layer) {
  Tensors tensors = layer_norm_tensors(layer);
  tensors.push_back({"running_mean", {layer.out}, TensorRole::statistic});
  tensors.push_back({"running_var", {layer.out}, TensorRole::statistic, 1.0});
  tensors.push_back({"num_batches_tracked", {}, TensorRole::counter});
  return tensors;
}

/// LayerScale's, a class token's.
Tensors channel_tensor(const LayerSpec& layer) { return {{"", {layer.out}}}; }

Tensors position_embedding_tensors(const LayerSpec& layer) { return {{"", {layer.positions, layer.out}}}; }

Tensors attention_tensors(const LayerSpec& layer) {
  Tensors tensors;
  const int64_t distances = 2 * layer.kernel - 1;
  if (layer.position_bias) tensors.push_back({"position_bias", {distances * distances, layer.groups}});
  for (const auto& [name, out] : {std::pair<std::string, int64_t>{"qkv", 3 * layer.in}, {"proj", layer.out}}) {
    tensors.push_back({name + ".weight", {out, layer.in, 1, 1}});
    if (layer.bias) tensors.push_back({name + ".bias", {out}});
  }
  return tensors;
}

Tensors grn_tensors(const LayerSpec& layer) { return {{"weight", {layer.out}}, {"bias", {layer.out}}}; }

ImageSize same_size(const LayerSpec&, ImageSize input) { return input; }

ImageSize one_position(const LayerSpec&, ImageSize) { return square(1); }

/// Of a kernel that moves over the image.
ImageSize moved_size(const LayerSpec& layer, ImageSize input) {
  const auto along = [&](int64_t side) {
    const int64_t room = side + 2 * layer.padding - layer.kernel;
    return room < 0 ? 0 : room / layer.stride + 1;
  };
  return {along(input.height), along(input.width)};
}

ImageSize one_row(const LayerSpec&, ImageSize input) { return {1, 1 + input.height * input.width}; }

/// An odd side gets a row or column of zeros.
ImageSize halved_size(const LayerSpec&, ImageSize input) { return {(input.height + 1) / 2, (input.width + 1) / 2}; }

double positions_of(ImageSize size) { return static_cast<double>(size.height) * static_cast<double>(size.width); }

/// Positions after padding to whole windows.
double attended_positions(const LayerSpec& layer, ImageSize size) {
  if (layer.kernel == 0) return positions_of(size);
  const auto padded = [&](int64_t side) { return (side + layer.kernel - 1) / layer.kernel * layer.kernel; };
  return positions_of({padded(size.height), padded(size.width)});
}

double no_macs(const LayerSpec&, ImageSize) { return 0.0; }

double linear_macs(const LayerSpec& layer, ImageSize) {
  return static_cast<double>(layer.in) * static_cast<double>(layer.out);
}

double convolution_macs(const LayerSpec& layer, ImageSize output) {
  const auto in = static_cast<double>(layer.in), out = static_cast<double>(layer.out);
  const auto taps = static_cast<double>(layer.kernel * layer.kernel);
  return positions_of(output) * out * in / static_cast<double>(layer.groups) * taps;
}

double attention_macs(const LayerSpec& layer, ImageSize output) {
  const auto channels = static_cast<double>(layer.in);
  return attended_positions(layer, output) * 4 * channels * channels;
}

/// A new kind of layer is one entry here and one in nn/layer_modules.cpp.
constexpr std::array entries{
    LayerKindEntry{LayerKind::convolution, "convolution", convolution_tensors, moved_size, convolution_macs},
    LayerKindEntry{LayerKind::batch_norm, "batch_norm", batch_norm_tensors, same_size, no_macs},
    LayerKindEntry{LayerKind::layer_norm, "layer_norm", layer_norm_tensors, same_size, no_macs},
    LayerKindEntry{LayerKind::relu, "relu", no_tensors, same_size, no_macs},
    LayerKindEntry{LayerKind::gelu, "gelu", no_tensors, same_size, no_macs},
    LayerKindEntry{LayerKind::max_pool, "max_pool", no_tensors, moved_size, no_macs},
    LayerKindEntry{LayerKind::average_pool, "average_pool", no_tensors, one_position, no_macs},
    LayerKindEntry{LayerKind::linear, "linear", linear_tensors, same_size, linear_macs},
    LayerKindEntry{LayerKind::layer_scale, "layer_scale", channel_tensor, same_size, no_macs},
    LayerKindEntry{LayerKind::group_norm, "group_norm", layer_norm_tensors, same_size, no_macs},
    LayerKindEntry{LayerKind::attention, "attention", attention_tensors, same_size, attention_macs},
    LayerKindEntry{LayerKind::pool_minus_input, "pool_minus_input", no_tensors, same_size, no_macs},
    LayerKindEntry{LayerKind::grn, "grn", grn_tensors, same_size, no_macs},
    LayerKindEntry{LayerKind::class_token, "class_token", channel_tensor, one_row, no_macs},
    LayerKindEntry{LayerKind::position_embedding, "position_embedding", position_embedding_tensors, same_size, no_macs},
    LayerKindEntry{LayerKind::select_token, "select_token", no_tensors, one_position, no_macs},
    LayerKindEntry{LayerKind::space_to_depth, "space_to_depth", no_tensors, halved_size, no_macs},
};

/// An entry in another's place would lend a kind that one's meaning.
consteval bool in_order() {
  for (size_t i = 0; i < entries.size(); ++i)
    if (static_cast<size_t>(entries[i].kind) != i) return false;
  return true;
}
static_assert(in_order(), "the entries stand in the order of LayerKind");

}  // namespace

std::span<const LayerKindEntry> layer_kinds() { return entries; }

const LayerKindEntry& layer_kind(LayerKind kind) {
  const auto index = static_cast<size_t>(kind);
  if (index >= entries.size()) throw std::logic_error("layer_kind: no entry for kind " + std::to_string(index));
  return entries[index];
}

std::string_view kind_name(LayerKind kind) { return layer_kind(kind).name; }

std::vector<TensorSpec> layer_tensors(const LayerSpec& layer) {
  std::vector<TensorSpec> tensors = layer_kind(layer.kind).tensors(layer);
  for (TensorSpec& tensor : tensors) tensor.name = tensor.name.empty() ? layer.name : layer.name + "." + tensor.name;
  return tensors;
}

double parameter_count(const LayerSpec& layer) {
  double total = 0.0;
  for (const TensorSpec& tensor : layer_kind(layer.kind).tensors(layer)) {
    if (tensor.role != TensorRole::parameter) continue;
    double elements = 1.0;
    for (int64_t size : tensor.shape) elements *= static_cast<double>(size);
    total += elements;
  }
  return total;
}

ImageSize output_size(const LayerSpec& layer, ImageSize input) {
  return layer_kind(layer.kind).output_size(layer, input);
}

double mac_count(const LayerSpec& layer, ImageSize output) { return layer_kind(layer.kind).macs(layer, output); }

double product_mac_count(const LayerSpec& layer, ImageSize output) {
  if (layer.kind != LayerKind::attention) return 0.0;
  const double attended = attended_positions(layer, output);
  const double of_each = layer.kernel == 0 ? attended : static_cast<double>(layer.kernel * layer.kernel);
  return 2 * attended * of_each * static_cast<double>(layer.in);
}

}  // namespace staircase::plan
