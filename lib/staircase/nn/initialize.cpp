#include "staircase/nn/initialize.h"

#include <ATen/CPUGeneratorImpl.h>

#include <cmath>

#include "staircase/base/random.h"

namespace staircase::nn {
namespace {

at::Generator stream(uint64_t seed, const std::string& name) {
  const uint64_t key = mix_key({static_cast<uint64_t>(Purpose::initialization), seed, hash_text(name)});
  return at::make_generator<at::CPUGeneratorImpl>(key);
}

/// Draws in the order of (out, in, h, w), whatever the memory format of the parameter.
void assign(torch::Tensor parameter, const torch::Tensor& values) { parameter.copy_(values); }

void initialize_layer(Layer& layer, const std::string& path, config::Initialization kind, uint64_t seed) {
  const plan::LayerSpec& spec = layer.spec();
  const bool kaiming = kind == config::Initialization::kaiming_fan_out;
  for (auto& item : layer.named_parameters(false)) {
    torch::Tensor parameter = item.value();
    auto random = stream(seed, path + "." + item.key());
    const bool is_weight = item.key() == "weight";
    if (spec.kind == plan::LayerKind::batch_norm || spec.kind == plan::LayerKind::layer_norm) {
      parameter.fill_(is_weight ? 1.0 : 0.0);
    } else if (kaiming && spec.kind == plan::LayerKind::linear) {
      const double bound = 1.0 / std::sqrt(static_cast<double>(spec.in));
      assign(parameter, torch::empty(parameter.sizes()).uniform_(-bound, bound, random));
    } else if (!is_weight) {
      parameter.zero_();
    } else if (kaiming) {
      const auto fan_out = static_cast<double>(spec.out / spec.groups * spec.kernel * spec.kernel);
      assign(parameter, torch::empty(parameter.sizes()).normal_(0.0, std::sqrt(2.0 / fan_out), random));
    } else {
      assign(parameter, torch::empty(parameter.sizes()).normal_(0.0, 0.02, random).clamp_(-2.0, 2.0));
    }
  }
}

}  // namespace

void initialize(Classifier& model, uint64_t seed) {
  const torch::NoGradGuard no_grad;
  const config::ModelOptions& options = model.options();
  for (const auto& item : model.named_modules("", /*include_self=*/false)) {
    if (auto* layer = dynamic_cast<Layer*>(item.value().get())) {
      initialize_layer(*layer, item.key(), options.initialization, seed);
      for (auto& buffer : layer->named_buffers(false)) buffer.value().fill_(buffer.key() == "running_var" ? 1 : 0);
    } else if (auto* block = dynamic_cast<Block*>(item.value().get())) {
      for (auto& parameter : block->named_parameters(false)) parameter.value().fill_(options.layer_scale_init);
    }
  }
}

}  // namespace staircase::nn
