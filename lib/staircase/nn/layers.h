#pragma once

#include <memory>
#include <vector>

#include <torch/nn/module.h>
#include <torch/types.h>

#include "staircase/plan/layer_spec.h"

namespace staircase::nn {

/// A layer of a plan as a module. Its parameters are `weight` and `bias`; a batch norm also has the
/// buffers running_mean, running_var and num_batches_tracked.
class Layer : public torch::nn::Module {
 public:
  explicit Layer(plan::LayerSpec spec) : spec_(std::move(spec)) {}
  virtual torch::Tensor forward(const torch::Tensor& x) = 0;
  const plan::LayerSpec& spec() const { return spec_; }

 protected:
  plan::LayerSpec spec_;
};

/// Makes the module of one layer. Parameters hold the neutral values (weights 0, norms 1 and 0)
/// until initialize() fills them.
/// Numerics: BatchNorm eps 1e-5, momentum .1; LayerNorm eps 1e-6; GELU by erf.
std::shared_ptr<Layer> make_layer(const plan::LayerSpec& spec);

using LayerList = std::vector<std::shared_ptr<Layer>>;

/// Makes the layers of a chain and registers each under its name in `parent`.
LayerList register_layers(torch::nn::Module& parent, const std::vector<plan::LayerSpec>& chain);

/// Runs a chain.
torch::Tensor run_layers(const LayerList& layers, torch::Tensor x);

/// A module that holds a chain under its own name: stem, shortcut, downsample, head.
class Chain : public torch::nn::Module {
 public:
  explicit Chain(const std::vector<plan::LayerSpec>& chain) : layers_(register_layers(*this, chain)) {}
  torch::Tensor forward(const torch::Tensor& x) { return run_layers(layers_, x); }
  const LayerList& layers() const { return layers_; }

 private:
  LayerList layers_;
};

}  // namespace staircase::nn
