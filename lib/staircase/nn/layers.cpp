#include "staircase/nn/layers.h"

#include "staircase/nn/layer_modules.h"
#include "staircase/nn/part_scope.h"

namespace staircase::nn {
namespace {

using torch::nn::Module;

/// The child of this name, made where there is none.
Module& child(Module& parent, const std::string& name) {
  const auto children = parent.named_children();
  if (const auto* found = children.find(name)) return **found;
  return *parent.register_module(name, std::make_shared<Module>());
}

/// Calls place(module, name) with the module and the last part of a dotted path below `parent`.
template <class Place>
void at_path(Module& parent, const std::string& path, const Place& place) {
  const size_t dot = path.find('.');
  if (dot == std::string::npos) place(parent, path);
  else at_path(child(parent, path.substr(0, dot)), path.substr(dot + 1), place);
}

torch::Tensor neutral(const plan::TensorSpec& spec) {
  const bool counts = spec.role == plan::TensorRole::counter;
  const torch::Tensor tensor = torch::full(spec.shape, spec.neutral, counts ? torch::kLong : torch::kFloat);
  return spec.shape.size() == 4 ? tensor.contiguous(torch::MemoryFormat::ChannelsLast) : tensor;
}

void register_tensor(Module& owner, const std::string& name, const torch::Tensor& tensor, plan::TensorRole role) {
  if (role == plan::TensorRole::parameter) owner.register_parameter(name, tensor);
  else owner.register_buffer(name, tensor);
}

/// Of convolutions, the sorts that differ in what their time goes for.
std::string_view part_of(const plan::LayerSpec& spec) {
  if (spec.kind != plan::LayerKind::convolution) return plan::kind_name(spec.kind);
  if (spec.groups > 1) return spec.groups == spec.in ? "depthwise_convolution" : "grouped_convolution";
  return spec.kernel == 1 ? "pointwise_convolution" : "convolution";
}

bool is_of(const LayerList& layers, size_t index, plan::LayerKind kind) {
  return index < layers.size() && layers[index]->spec().kind == kind;
}

bool is_pointwise(const LayerList& layers, size_t index) {
  return is_of(layers, index, plan::LayerKind::convolution) && layers[index]->spec().kernel == 1;
}

}  // namespace

Layer::Layer(plan::LayerSpec spec) : spec_(std::move(spec)), module_(&layer_module(spec_.kind)) {
  for (const plan::TensorSpec& tensor : plan::layer_kind(spec_.kind).tensors(spec_)) {
    tensors_.emplace_back(tensor.name, neutral(tensor));
    if (tensor.name.empty()) continue;  // register_layer gives it to the parent
    at_path(*this, tensor.name, [&](Module& owner, const std::string& name) {
      register_tensor(owner, name, tensors_.back().second, tensor.role);
    });
  }
}

torch::Tensor Layer::forward(const torch::Tensor& x) {
  const PartScope part(part_of(spec_));
  return module_->forward(*this, x);
}

torch::Tensor Layer::operator[](std::string_view name) const {
  for (const auto& [own, tensor] : tensors_)
    if (own == name) return tensor;
  return {};
}

std::shared_ptr<Layer> register_layer(Module& parent, const plan::LayerSpec& spec) {
  auto layer = std::make_shared<Layer>(spec);
  at_path(parent, spec.name, [&](Module& owner, const std::string& name) {
    if (const torch::Tensor own = (*layer)[""]; own.defined()) owner.register_parameter(name, own);
    else owner.register_module(name, layer);
  });
  return layer;
}

LayerList register_layers(Module& parent, const std::vector<plan::LayerSpec>& chain) {
  LayerList layers;
  for (const plan::LayerSpec& spec : chain) layers.push_back(register_layer(parent, spec));
  return layers;
}

torch::Tensor run_layers(const LayerList& layers, torch::Tensor x) {
  using plan::LayerKind;
  for (size_t i = 0; i < layers.size(); ++i) {
    const auto are_next = [&](LayerKind one, LayerKind other) {
      return is_of(layers, i, one) && is_of(layers, i + 1, other);
    };
    if (are_next(LayerKind::batch_norm, LayerKind::relu)) {
      const PartScope part(part_of(layers[i]->spec()));
      x = run_batch_norm(*layers[i++], x, /*relu=*/true);
    } else if (is_of(layers, i, LayerKind::gelu) && is_pointwise(layers, i + 1)) {
      const PartScope part(part_of(layers[++i]->spec()));
      x = run_convolution_of_gelu(*layers[i], x);
    } else if (are_next(LayerKind::class_token, LayerKind::position_embedding)) {
      const PartScope part(part_of(layers[i]->spec()));
      x = run_class_token(*layers[i], *layers[i + 1], x);
      ++i;
    } else {
      x = layers[i]->forward(x);
    }
  }
  return x;
}

}  // namespace staircase::nn
