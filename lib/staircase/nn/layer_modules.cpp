#include "staircase/nn/layer_modules.h"

#include <array>
#include <cmath>
#include <stdexcept>

#include "staircase/nn/attention.h"
#include "staircase/nn/ops.h"
#include "staircase/nn/position_embedding.h"

namespace staircase::nn {
namespace {

using plan::LayerKind;
using torch::Tensor;

constexpr double batch_norm_eps = 1e-5, batch_norm_momentum = 0.1, layer_norm_eps = 1e-6, group_norm_eps = 1e-5;

double eps_of(const Layer& layer, double own) { return layer.spec().eps != 0 ? layer.spec().eps : own; }

void keep_neutral(const TensorToFill&) {}

bool kaiming(const TensorToFill& t) { return t.options.initialization == config::Initialization::kaiming_fan_out; }

// Numbers are drawn in the order of (out, in, h, w), whatever the memory format of the parameter.

void fill_truncated_normal(const TensorToFill& t) {
  if (t.name != "bias") t.tensor.copy_(torch::empty(t.tensor.sizes()).normal_(0.0, 0.02, t.random).clamp_(-2.0, 2.0));
}

void fill_convolution(const TensorToFill& t) {
  if (!kaiming(t)) return fill_truncated_normal(t);
  if (t.name == "bias") return;
  const auto fan_out = static_cast<double>(t.layer.out / t.layer.groups * t.layer.kernel * t.layer.kernel);
  t.tensor.copy_(torch::empty(t.tensor.sizes()).normal_(0.0, std::sqrt(2.0 / fan_out), t.random));
}

void fill_linear(const TensorToFill& t) {
  if (!kaiming(t)) return fill_truncated_normal(t);
  const double bound = 1.0 / std::sqrt(static_cast<double>(t.layer.in));
  t.tensor.copy_(torch::empty(t.tensor.sizes()).uniform_(-bound, bound, t.random));
}

/// As convolutions, with the table as weights of a transformer.
void fill_attention(const TensorToFill& t) {
  if (t.name.ends_with(".bias")) return;
  if (!kaiming(t) || t.name == "position_bias") return fill_truncated_normal(t);
  const auto fan_out = static_cast<double>(t.tensor.size(0));
  t.tensor.copy_(torch::empty(t.tensor.sizes()).normal_(0.0, std::sqrt(2.0 / fan_out), t.random));
}

Tensor attention(const Layer& l, const Tensor& x) {
  const ops::AttentionWeights weights{l["qkv.weight"], l["qkv.bias"], l["proj.weight"], l["proj.bias"],
                                      l["position_bias"]};
  return l.spec().kernel == 0 ? ops::global_attention(x, weights, l.spec())
                              : ops::window_attention(x, weights, l.spec());
}

void fill_layer_scale(const TensorToFill& t) { t.tensor.fill_(t.options.layer_scale_init); }

/// A new kind of layer is one entry here and one in plan/layer_kinds.cpp.
const std::array modules{
    LayerModule{LayerKind::convolution,
                [](const Layer& l, const Tensor& x) { return ops::convolution(x, l["weight"], l["bias"], l.spec()); },
                fill_convolution},
    LayerModule{LayerKind::batch_norm,
                [](const Layer& l, const Tensor& x) { return run_batch_norm(l, x, /*relu=*/false); }, keep_neutral},
    LayerModule{LayerKind::layer_norm,
                [](const Layer& l, const Tensor& x) {
                  return ops::layer_norm(x, l["weight"], l["bias"], eps_of(l, layer_norm_eps));
                },
                keep_neutral},
    LayerModule{LayerKind::relu, [](const Layer&, const Tensor& x) { return ops::relu(x); }, keep_neutral},
    LayerModule{LayerKind::gelu, [](const Layer&, const Tensor& x) { return ops::gelu(x); }, keep_neutral},
    LayerModule{LayerKind::max_pool, [](const Layer& l, const Tensor& x) { return ops::max_pool(x, l.spec()); },
                keep_neutral},
    LayerModule{LayerKind::average_pool, [](const Layer&, const Tensor& x) { return ops::mean_over_positions(x); },
                keep_neutral},
    LayerModule{LayerKind::linear,
                [](const Layer& l, const Tensor& x) { return ops::linear(x.flatten(1), l["weight"], l["bias"]); },
                fill_linear},
    // A block takes its tensor and scales within the addition of the residual.
    LayerModule{LayerKind::layer_scale, [](const Layer& l, const Tensor& x) { return ops::scale_channels(x, l[""]); },
                fill_layer_scale},
    LayerModule{LayerKind::group_norm,
                [](const Layer& l, const Tensor& x) {
                  return ops::group_norm(x, l["weight"], l["bias"], eps_of(l, group_norm_eps));
                },
                keep_neutral},
    LayerModule{LayerKind::attention, attention, fill_attention},
    LayerModule{LayerKind::pool_minus_input,
                [](const Layer& l, const Tensor& x) { return ops::pool_minus_input(x, l.spec()); }, keep_neutral},
    LayerModule{LayerKind::grn, [](const Layer& l, const Tensor& x) { return ops::grn(x, l["weight"], l["bias"]); },
                keep_neutral},
    // run_layers() gives the token and a table behind it to one operation, which knows the grid.
    LayerModule{LayerKind::class_token,
                [](const Layer& l, const Tensor& x) { return ops::with_class_token(x, l[""], {}); },
                fill_truncated_normal},
    LayerModule{LayerKind::position_embedding,
                [](const Layer& l, const Tensor& x) { return ops::add_positions(x, l[""]); }, fill_truncated_normal},
    LayerModule{LayerKind::select_token,
                [](const Layer&, const Tensor& x) { return x.narrow(2, 0, 1).narrow(3, 0, 1); }, keep_neutral},
    LayerModule{LayerKind::space_to_depth, [](const Layer&, const Tensor& x) { return ops::space_to_depth(x); },
                keep_neutral},
};

}  // namespace

Tensor run_batch_norm(const Layer& layer, const Tensor& x, bool relu) {
  if (layer.is_training()) {
    const Tensor batches = layer["num_batches_tracked"];
    // Without an operation of aten; a network that was cast counts in another type.
    if (batches.is_cpu() && batches.scalar_type() == torch::kLong) ++*batches.data_ptr<int64_t>();
    else batches.add_(1);
  }
  return ops::batch_norm(x,
                         {layer["weight"], layer["bias"], layer["running_mean"], layer["running_var"],
                          layer.is_training(), batch_norm_momentum, eps_of(layer, batch_norm_eps)},
                         relu);
}

Tensor run_convolution_of_gelu(const Layer& convolution, const Tensor& x) {
  return ops::convolution_of_gelu(x, convolution["weight"], convolution["bias"], convolution.spec());
}

Tensor run_class_token(const Layer& token, const Layer& table, const Tensor& x) {
  return ops::with_class_token(x, token[""], table[""]);
}

const LayerModule& layer_module(LayerKind kind) {
  for (const LayerModule& module : modules)
    if (module.kind == kind) return module;
  throw std::logic_error("layer_module: no module for the kind " + std::string(plan::kind_name(kind)));
}

}  // namespace staircase::nn
