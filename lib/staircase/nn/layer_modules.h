#pragma once

#include <ATen/core/Generator.h>

#include "staircase/config/model_options.h"
#include "staircase/nn/layers.h"

namespace staircase::nn {

/// One tensor of a layer on its way to its first values.
struct TensorToFill {
  torch::Tensor tensor;  ///< holds its neutral values
  const plan::LayerSpec& layer;
  std::string_view name;  ///< in the layer: "weight"
  const config::ModelOptions& options;
  at::Generator random;  ///< its own stream
};

/// What a kind of layer computes and starts with. Its other half is plan::LayerKindEntry.
struct LayerModule {
  plan::LayerKind kind;
  torch::Tensor (*forward)(const Layer& layer, const torch::Tensor& x);
  void (*fill)(const TensorToFill& to_fill);
};

/// The module of a kind. Throws std::logic_error where it has none.
/// Numerics: BatchNorm eps 1e-5, momentum .1; LayerNorm eps 1e-6, GroupNorm eps 1e-5, where a plan says no other; GELU by erf.
const LayerModule& layer_module(plan::LayerKind kind);

/// A batch normalization and, where asked for, the ReLU behind it in one.
torch::Tensor run_batch_norm(const Layer& layer, const torch::Tensor& x, bool relu);
/// A GELU and the convolution behind it in one.
torch::Tensor run_convolution_of_gelu(const Layer& convolution, const torch::Tensor& x);

/// A class token and the table behind it, which has an entry for it, in one: only here the grid is still known.
torch::Tensor run_class_token(const Layer& token, const Layer& table, const torch::Tensor& x);

}  // namespace staircase::nn
