#include "staircase/interop/onnx/layers.h"

#include <cmath>
#include <stdexcept>

#include "staircase/interop/onnx/attention.h"
#include "staircase/nn/position_embedding.h"

namespace staircase::interop {
namespace {

using plan::ImageSize;
using plan::LayerKind;
using plan::LayerSpec;
using torch::Tensor;
using Chain = std::vector<LayerSpec>;

/// As layer_modules.cpp has them.
constexpr double batch_norm_eps = 1e-5, layer_norm_eps = 1e-6, group_norm_eps = 1e-5, grn_eps = 1e-6;

double eps_of(const LayerSpec& layer, double own) { return layer.eps != 0 ? layer.eps : own; }

std::vector<int64_t> twice(int64_t value) { return {value, value}; }
std::vector<int64_t> on_all_sides(int64_t value) { return {value, value, value, value}; }

/// Of a feature map, with its size for images of the plan's.
struct Map {
  std::string name;
  ImageSize size;
};

/// Adds layer after layer. `prefix`: of the names, "stages.0.blocks.1.".
class NetworkWriter {
 public:
  NetworkWriter(OnnxGraph& graph, const std::function<Tensor(const std::string&)>& tensor_of)
      : graph_(graph), tensor_of_(tensor_of) {}

  Map add_chain(const Chain& chain, const std::string& prefix, Map x) {
    for (size_t i = 0; i < chain.size(); ++i) {
      const bool table_is_next = i + 1 < chain.size() && chain[i + 1].kind == LayerKind::position_embedding;
      const std::string name = prefix + chain[i].name;
      graph_.set_scope(name);
      if (chain[i].kind == LayerKind::class_token) {
        // The table behind a token has an entry for it and is resized to the grid, which is known only here.
        const Tensor table = table_is_next ? tensor_of_(prefix + chain[i + 1].name) : Tensor();
        x = {with_class_token(x, tensor_of_(name), table), plan::output_size(chain[i], x.size)};
        i += table_is_next;
      } else {
        x = {add_layer(chain[i], name, x), plan::output_size(chain[i], x.size)};
      }
    }
    return x;
  }

  Map add_residual(const plan::ResidualPlan& residual, const std::string& prefix, const Map& x) {
    Map branch = add_chain(residual.layers, prefix, x);
    if (residual.layer_scale) branch = add_chain({*residual.layer_scale}, prefix, branch);
    const Map shortcut = add_chain(residual.shortcut, prefix, x);
    graph_.set_scope(prefix + "residual");
    return add_chain(residual.after, prefix, {graph_.add("Add", {shortcut.name, branch.name}), branch.size});
  }

 private:
  std::string tensor(const std::string& name) { return graph_.tensor(name, tensor_of_(name)); }

  /// (C) as (1, C, 1, 1).
  std::string of_channels(const std::string& name) {
    return graph_.tensor(name, tensor_of_(name).reshape({1, -1, 1, 1}));
  }

  std::string convolution(const LayerSpec& l, const std::string& name, const std::string& x) {
    std::vector<std::string> inputs{x, tensor(name + ".weight")};
    if (l.bias) inputs.push_back(tensor(name + ".bias"));
    return graph_.add("Conv", inputs,
                      {{"kernel_shape", twice(l.kernel)},
                       {"strides", twice(l.stride)},
                       {"pads", on_all_sides(l.padding)},
                       {"group", l.groups}});
  }

  std::string batch_norm(const LayerSpec& l, const std::string& name, const std::string& x) {
    return graph_.add("BatchNormalization",
                      {x, tensor(name + ".weight"), tensor(name + ".bias"), tensor(name + ".running_mean"),
                       tensor(name + ".running_var")},
                      {{"epsilon", eps_of(l, batch_norm_eps)}});
  }

  std::string layer_norm(const LayerSpec& l, const std::string& name, const std::string& x) {
    const std::string last = graph_.add("Transpose", {x}, {{"perm", std::vector<int64_t>{0, 2, 3, 1}}});
    const std::string y = graph_.add("LayerNormalization", {last, tensor(name + ".weight"), tensor(name + ".bias")},
                                     {{"axis", int64_t{-1}}, {"epsilon", eps_of(l, layer_norm_eps)}});
    return graph_.add("Transpose", {y}, {{"perm", std::vector<int64_t>{0, 3, 1, 2}}});
  }

  /// Over channels and positions: all of an image as one channel.
  std::string group_norm(const LayerSpec& l, const std::string& name, const std::string& x) {
    const std::string row = graph_.add("Reshape", {x, graph_.numbers({0, 1, -1})});
    const std::string one = graph_.constant(torch::ones({1})), zero = graph_.constant(torch::zeros({1}));
    const std::string normal =
        graph_.add("InstanceNormalization", {row, one, zero}, {{"epsilon", eps_of(l, group_norm_eps)}});
    const std::string map = graph_.add("Reshape", {normal, graph_.add("Shape", {x})});
    return graph_.add("Add", {graph_.add("Mul", {map, of_channels(name + ".weight")}), of_channels(name + ".bias")});
  }

  std::string gelu(const std::string& x) {
    const std::string erf = graph_.add("Erf", {graph_.add("Mul", {x, graph_.number(std::sqrt(0.5))})});
    const std::string share = graph_.add("Add", {erf, graph_.number(1.0)});
    return graph_.add("Mul", {graph_.add("Mul", {x, graph_.number(0.5)}), share});
  }

  std::string grn(const std::string& name, const std::string& x) {
    const std::string size = graph_.add("ReduceL2", {x}, {{"axes", std::vector<int64_t>{2, 3}}});
    const std::string mean = graph_.add("ReduceMean", {size}, {{"axes", std::vector<int64_t>{1}}});
    const std::string share = graph_.add("Div", {size, graph_.add("Add", {mean, graph_.number(grn_eps)})});
    const std::string scaled = graph_.add("Mul", {share, of_channels(name + ".weight")});
    const std::string factor = graph_.add("Add", {scaled, graph_.number(1.0)});
    return graph_.add("Add", {graph_.add("Mul", {x, factor}), of_channels(name + ".bias")});
  }

  std::string max_pool(const LayerSpec& l, const std::string& x) {
    return graph_.add(
        "MaxPool", {x},
        {{"kernel_shape", twice(l.kernel)}, {"strides", twice(l.stride)}, {"pads", on_all_sides(l.padding)}});
  }

  std::string pool_minus_input(const LayerSpec& l, const std::string& x) {
    const std::string mean = graph_.add(
        "AveragePool", {x},
        {{"kernel_shape", twice(l.kernel)}, {"pads", on_all_sides(l.padding)}, {"count_include_pad", int64_t{0}}});
    return graph_.add("Sub", {mean, x});
  }

  std::string linear(const LayerSpec& l, const std::string& name, const std::string& x) {
    std::vector<std::string> inputs{graph_.add("Flatten", {x}), tensor(name + ".weight")};
    if (l.bias) inputs.push_back(tensor(name + ".bias"));
    return graph_.add("Gemm", inputs, {{"transB", int64_t{1}}});
  }

  /// The first of the neighbours goes down before it goes right, as Swin's.
  std::string space_to_depth(const LayerSpec& l, const Map& x) {
    const ImageSize half = plan::output_size(l, x.size);
    const std::vector<int64_t> pads{0, 0, 0, 0, 0, 0, 2 * half.height - x.size.height, 2 * half.width - x.size.width};
    const std::string even = graph_.add("Pad", {x.name, graph_.numbers(pads)});
    const std::string apart =
        graph_.add("Reshape", {even, graph_.numbers({0, l.out / 4, half.height, 2, half.width, 2})});
    const std::string side_by_side =
        graph_.add("Transpose", {apart}, {{"perm", std::vector<int64_t>{0, 5, 3, 1, 2, 4}}});
    return graph_.add("Reshape", {side_by_side, graph_.numbers({0, l.out, half.height, half.width})});
  }

  std::string select_token(const std::string& x) {
    return graph_.add("Slice", {x, graph_.numbers({0, 0}), graph_.numbers({1, 1}), graph_.numbers({2, 3})});
  }

  /// (1, C, H, W) of a table of positions, without an entry of a token.
  static Tensor resized(const Tensor& table, ImageSize size) {
    return nn::ops::resized_table(table, torch::zeros({size.height, size.width})).permute({2, 0, 1}).unsqueeze(0);
  }

  std::string add_positions(const Tensor& table, const Map& x) {
    return graph_.add("Add", {x.name, graph_.constant(resized(table, x.size))});
  }

  /// table: empty, or with the token's entry first.
  std::string with_class_token(const Map& x, Tensor token, const Tensor& table) {
    const std::string map = table.defined() ? add_positions(table.slice(0, 1), x) : x.name;
    if (table.defined()) token = token + table.select(0, 0);
    const int64_t channels = token.size(0);
    const std::string row = graph_.add("Reshape", {map, graph_.numbers({0, channels, 1, -1})});
    const std::string images =
        graph_.add("Slice", {graph_.add("Shape", {row}), graph_.numbers({0}), graph_.numbers({1})});
    const std::string shape = graph_.add("Concat", {images, graph_.numbers({channels, 1, 1})}, {{"axis", int64_t{0}}});
    const std::string first = graph_.add("Expand", {graph_.constant(token.reshape({1, channels, 1, 1})), shape});
    return graph_.add("Concat", {first, row}, {{"axis", int64_t{3}}});
  }

  std::string attention(const LayerSpec& l, const std::string& name, const Map& x) {
    AttentionTensors tensors{tensor(name + ".qkv.weight"), l.bias ? tensor(name + ".qkv.bias") : "",
                             tensor(name + ".proj.weight"), l.bias ? tensor(name + ".proj.bias") : "",
                             l.position_bias ? tensor_of_(name + ".position_bias") : Tensor()};
    return add_attention(graph_, l, tensors, x.name, x.size);
  }

  std::string add_layer(const LayerSpec& l, const std::string& name, const Map& x) {
    switch (l.kind) {
      case LayerKind::convolution: return convolution(l, name, x.name);
      case LayerKind::batch_norm: return batch_norm(l, name, x.name);
      case LayerKind::layer_norm: return layer_norm(l, name, x.name);
      case LayerKind::group_norm: return group_norm(l, name, x.name);
      case LayerKind::relu: return graph_.add("Relu", {x.name});
      case LayerKind::gelu: return gelu(x.name);
      case LayerKind::grn: return grn(name, x.name);
      case LayerKind::max_pool: return max_pool(l, x.name);
      case LayerKind::average_pool: return graph_.add("GlobalAveragePool", {x.name});
      case LayerKind::pool_minus_input: return pool_minus_input(l, x.name);
      case LayerKind::linear: return linear(l, name, x.name);
      case LayerKind::layer_scale: return graph_.add("Mul", {x.name, of_channels(name)});
      case LayerKind::attention: return attention(l, name, x);
      case LayerKind::position_embedding: return add_positions(tensor_of_(name), x);
      case LayerKind::select_token: return select_token(x.name);
      case LayerKind::space_to_depth: return space_to_depth(l, x);
      default: throw std::logic_error("add_network: no nodes for the kind " + std::string(plan::kind_name(l.kind)));
    }
  }

  OnnxGraph& graph_;
  const std::function<Tensor(const std::string&)>& tensor_of_;
};

}  // namespace

bool is_of_one_size(const plan::ModelPlan& plan) {
  for (const LayerSpec& layer : plan::flat_layers(plan)) {
    const bool in_windows = layer.kind == LayerKind::attention && layer.kernel != 0;
    if (in_windows || layer.kind == LayerKind::position_embedding || layer.kind == LayerKind::class_token ||
        layer.kind == LayerKind::space_to_depth)
      return true;
  }
  return false;
}

std::string add_network(OnnxGraph& graph, const plan::ModelPlan& plan, const std::string& input,
                        const std::function<Tensor(const std::string&)>& tensor_of) {
  NetworkWriter writer(graph, tensor_of);
  Map x = writer.add_chain(plan.stem, "stem.", {input, plan.image});
  for (size_t s = 0; s < plan.stages.size(); ++s) {
    const std::string stage = "stages." + std::to_string(s) + ".";
    x = writer.add_chain(plan.stages[s].downsample, stage + "downsample.", x);
    for (size_t b = 0; b < plan.stages[s].blocks.size(); ++b)
      for (const plan::ResidualPlan& residual : plan.stages[s].blocks[b].residuals)
        x = writer.add_residual(residual, stage + "blocks." + std::to_string(b) + ".", x);
  }
  return writer.add_chain(plan.head, "head.", x).name;
}

}  // namespace staircase::interop
