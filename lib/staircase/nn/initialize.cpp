#include "staircase/nn/initialize.h"

#include <ATen/CPUGeneratorImpl.h>

#include <map>

#include "staircase/base/random.h"
#include "staircase/nn/layer_modules.h"

namespace staircase::nn {
namespace {

at::Generator stream(uint64_t seed, const std::string& name) {
  const uint64_t key = mix_key({static_cast<uint64_t>(Purpose::initialization), seed, hash_text(name)});
  return at::make_generator<at::CPUGeneratorImpl>(key);
}

}  // namespace

void initialize(Classifier& model, uint64_t seed) {
  const torch::NoGradGuard no_grad;
  std::map<std::string, torch::Tensor> state;
  for (const NamedTensor& item : named_state(model)) state.emplace(item.name, item.tensor);
  for (const plan::LayerSpec& layer : model.flat_layers()) {
    const auto named_inside = plan::layer_kind(layer.kind).tensors(layer), named_whole = plan::layer_tensors(layer);
    for (size_t i = 0; i < named_inside.size(); ++i) {
      const torch::Tensor tensor = state.at(named_whole[i].name).fill_(named_whole[i].neutral);
      layer_module(layer.kind)
          .fill({tensor, layer, named_inside[i].name, model.options(), stream(seed, named_whole[i].name)});
    }
  }
}

}  // namespace staircase::nn
