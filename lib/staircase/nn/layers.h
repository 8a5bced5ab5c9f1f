#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include <torch/nn/module.h>
#include <torch/types.h>

#include "staircase/plan/layer_kinds.h"

namespace staircase::nn {

struct LayerModule;

/// A layer of a plan as a module. It holds the parameters and buffers that plan::layer_tensors lists,
/// at their neutral values (weights 0, norms 1 and 0) until initialize() fills them.
class Layer : public torch::nn::Module {
 public:
  /// Throws std::logic_error for a kind without a module.
  explicit Layer(plan::LayerSpec spec);

  torch::Tensor forward(const torch::Tensor& x);
  const plan::LayerSpec& spec() const { return spec_; }
  /// A tensor by its name in the layer, "weight"; undefined where it has none, such as a bias.
  torch::Tensor operator[](std::string_view name) const;

 private:
  plan::LayerSpec spec_;
  const LayerModule* module_;
  std::vector<std::pair<std::string, torch::Tensor>> tensors_;
};

using LayerList = std::vector<std::shared_ptr<Layer>>;

/// Makes a layer and registers it in `parent`: under the path of its name ("shortcut.conv"), or, where
/// its one tensor bears the layer's own name (LayerScale), that tensor as a parameter of the parent.
std::shared_ptr<Layer> register_layer(torch::nn::Module& parent, const plan::LayerSpec& spec);

/// The same for every layer of a chain.
LayerList register_layers(torch::nn::Module& parent, const std::vector<plan::LayerSpec>& chain);

/// Runs a chain.
torch::Tensor run_layers(const LayerList& layers, torch::Tensor x);

/// A module that holds a chain under its own name: stem, downsample, head.
class Chain : public torch::nn::Module {
 public:
  explicit Chain(const std::vector<plan::LayerSpec>& chain) : layers_(register_layers(*this, chain)) {}
  torch::Tensor forward(const torch::Tensor& x) { return run_layers(layers_, x); }
  const LayerList& layers() const { return layers_; }

 private:
  LayerList layers_;
};

}  // namespace staircase::nn
