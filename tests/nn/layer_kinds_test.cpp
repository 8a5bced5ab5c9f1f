// Holds the two halves of every kind of layer to each other: plan/layer_kinds.cpp and nn/layer_modules.cpp.
#include "staircase/nn/classifier.h"
#include "support/catch.h"

namespace layer_kinds_test {

using namespace staircase;
using namespace staircase::nn;
using namespace staircase::plan;

namespace {

/// A layer of a kind with every property that its entries could look at.
LayerSpec sample(LayerKind kind) {
  const bool mixes_channels = kind == LayerKind::convolution || kind == LayerKind::linear;
  LayerSpec spec{"layer", kind, 4, mixes_channels ? 6 : 4, 3, 2, 1, 2, true};
  if (kind == LayerKind::linear) spec.kernel = spec.stride = 1;
  if (kind == LayerKind::space_to_depth) spec.out = 4 * spec.in;
  spec.shift = 1;
  spec.position_bias = true;
  spec.positions = 9;
  return spec;
}

struct Held {
  std::vector<std::string> names;
  std::vector<std::vector<int64_t>> shapes;
  std::vector<bool> learned;
};

}  // namespace

TEST_CASE("Every kind of layer registers the tensors that its plan lists", "[nn]") {
  for (const LayerKindEntry& entry : layer_kinds()) {
    INFO(entry.name);
    torch::nn::Module parent;
    register_layer(parent, sample(entry.kind));
    Held planned, held;
    for (const TensorSpec& tensor : layer_tensors(sample(entry.kind))) {
      planned.names.push_back(tensor.name);
      planned.shapes.push_back(tensor.shape);
      planned.learned.push_back(tensor.role == TensorRole::parameter);
    }
    double learned = 0;
    for (const NamedTensor& item : named_state(parent)) {
      held.names.push_back(item.name);
      held.shapes.push_back(item.tensor.sizes().vec());
      held.learned.push_back(item.is_parameter);
      if (item.is_parameter) learned += static_cast<double>(item.tensor.numel());
    }
    CHECK(held.names == planned.names);
    CHECK(held.shapes == planned.shapes);
    CHECK(held.learned == planned.learned);
    CHECK(learned == parameter_count(sample(entry.kind)));
  }
}

TEST_CASE("Every kind of layer gives the channels and the size that its plan says", "[nn]") {
  const torch::NoGradGuard no_grad;
  for (const LayerKindEntry& entry : layer_kinds()) {
    INFO(entry.name);
    const LayerSpec spec = sample(entry.kind);
    const ImageSize input = entry.kind == LayerKind::linear ? square(1) : ImageSize{9, 14};
    torch::nn::Module parent;
    const auto layer = register_layer(parent, spec);
    torch::Tensor y = layer->forward(torch::randn({3, spec.in, input.height, input.width}));
    if (entry.kind == LayerKind::linear) y = y.view({3, spec.out, 1, 1});
    const ImageSize planned = output_size(spec, input);
    CHECK((y.sizes() == torch::IntArrayRef({3, spec.out, planned.height, planned.width})));
  }
}

TEST_CASE("A layer is registered under every part of its name", "[nn]") {
  torch::nn::Module parent;
  register_layers(parent, {{"shortcut.conv", LayerKind::convolution, 2, 4},
                           {"shortcut.norm", LayerKind::layer_norm, 4, 4},
                           {"shortcut.layer_scale", LayerKind::layer_scale, 4, 4}});
  std::vector<std::string> names;
  for (const auto& item : parent.named_parameters()) names.push_back(item.key());
  CHECK(names == std::vector<std::string>{"shortcut.layer_scale", "shortcut.conv.weight", "shortcut.norm.weight",
                                          "shortcut.norm.bias"});
}

}  // namespace layer_kinds_test
