#include "staircase/nn/layers.h"

#include "staircase/nn/ops.h"

namespace staircase::nn {
namespace {

constexpr double batch_norm_eps = 1e-5, batch_norm_momentum = 0.1, layer_norm_eps = 1e-6;

class Convolution : public Layer {
 public:
  explicit Convolution(const plan::LayerSpec& spec) : Layer(spec) {
    const auto format = torch::MemoryFormat::ChannelsLast;
    weight_ = register_parameter(
        "weight", torch::zeros({spec.out, spec.in / spec.groups, spec.kernel, spec.kernel}).contiguous(format));
    if (spec.bias) bias_ = register_parameter("bias", torch::zeros({spec.out}));
  }
  torch::Tensor forward(const torch::Tensor& x) override { return ops::convolution(x, weight_, bias_, spec_); }

 private:
  torch::Tensor weight_, bias_;
};

class LinearLayer : public Layer {
 public:
  explicit LinearLayer(const plan::LayerSpec& spec) : Layer(spec) {
    weight_ = register_parameter("weight", torch::zeros({spec.out, spec.in}));
    bias_ = register_parameter("bias", torch::zeros({spec.out}));
  }
  torch::Tensor forward(const torch::Tensor& x) override { return at::linear(x.flatten(1), weight_, bias_); }

 private:
  torch::Tensor weight_, bias_;
};

class LayerNorm : public Layer {
 public:
  explicit LayerNorm(const plan::LayerSpec& spec) : Layer(spec) {
    weight_ = register_parameter("weight", torch::ones({spec.out}));
    bias_ = register_parameter("bias", torch::zeros({spec.out}));
  }
  torch::Tensor forward(const torch::Tensor& x) override { return ops::layer_norm(x, weight_, bias_, layer_norm_eps); }

 private:
  torch::Tensor weight_, bias_;
};

class BatchNorm : public Layer {
 public:
  explicit BatchNorm(const plan::LayerSpec& spec) : Layer(spec) {
    weight_ = register_parameter("weight", torch::ones({spec.out}));
    bias_ = register_parameter("bias", torch::zeros({spec.out}));
    mean_ = register_buffer("running_mean", torch::zeros({spec.out}));
    variance_ = register_buffer("running_var", torch::ones({spec.out}));
    batches_ = register_buffer("num_batches_tracked", torch::zeros({}, torch::kLong));
  }
  torch::Tensor forward(const torch::Tensor& x) override {
    if (is_training()) batches_.add_(1);
    return at::batch_norm(x, weight_, bias_, mean_, variance_, is_training(), batch_norm_momentum, batch_norm_eps,
                          /*cudnn_enabled=*/true);
  }

 private:
  torch::Tensor weight_, bias_, mean_, variance_, batches_;
};

/// Layers without numbers of their own.
class Function : public Layer {
 public:
  explicit Function(const plan::LayerSpec& spec) : Layer(spec) {}
  torch::Tensor forward(const torch::Tensor& x) override {
    switch (spec_.kind) {
      case plan::LayerKind::relu: return at::relu(x);
      case plan::LayerKind::gelu: return at::gelu(x);
      case plan::LayerKind::max_pool:
        return at::max_pool2d(x, {spec_.kernel, spec_.kernel}, {spec_.stride, spec_.stride},
                              {spec_.padding, spec_.padding});
      default: return x.mean({2, 3}, /*keepdim=*/true);
    }
  }
};

}  // namespace

std::shared_ptr<Layer> make_layer(const plan::LayerSpec& spec) {
  switch (spec.kind) {
    case plan::LayerKind::convolution: return std::make_shared<Convolution>(spec);
    case plan::LayerKind::linear: return std::make_shared<LinearLayer>(spec);
    case plan::LayerKind::layer_norm: return std::make_shared<LayerNorm>(spec);
    case plan::LayerKind::batch_norm: return std::make_shared<BatchNorm>(spec);
    default: return std::make_shared<Function>(spec);
  }
}

LayerList register_layers(torch::nn::Module& parent, const std::vector<plan::LayerSpec>& chain) {
  LayerList layers;
  for (const plan::LayerSpec& spec : chain) {
    layers.push_back(make_layer(spec));
    parent.register_module(spec.name, layers.back());
  }
  return layers;
}

torch::Tensor run_layers(const LayerList& layers, torch::Tensor x) {
  for (const auto& layer : layers) x = layer->forward(x);
  return x;
}

}  // namespace staircase::nn
