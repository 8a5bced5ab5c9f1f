#include "staircase/interop/key_layout.h"

#include "staircase/base/errors.h"
#include "staircase/config/codec.h"
#include "staircase/interop/key_names.h"
#include "staircase/plan/named_models.h"
#include "staircase/plan/plan.h"

namespace staircase::interop {
namespace {

using config::ModelOptions;

/// The published network of a family with the sizes of `model`: where the two still differ, the
/// family's names do not fit.
ModelOptions family_member(const char* published, const ModelOptions& model) {
  ModelOptions member = plan::find_model(published, {"", "MODEL"}).options;
  member.depths = model.depths;
  member.width = model.width;
  member.width_factor = model.width_factor;
  member.layer_scale_init = model.layer_scale_init;
  member.initialization = model.initialization;
  member.kernel_size = model.kernel_size;
  member.groups = model.groups;
  member.num_classes = model.num_classes;
  member.in_channels = model.in_channels;
  return member;
}

/// The fields in which a network is none of its family.
std::vector<config::Difference> strangeness(Family family, const ModelOptions& model) {
  const char* published = family == Family::resnet     ? "resnet50"
                          : family == Family::convnext ? "convnext_tiny"
                                                       : "convnext_isotropic_small";
  ModelOptions member = family_member(published, model);
  if (family == Family::resnet) {
    if (model.spatial == config::Spatial::grouped) member.spatial = model.spatial;  // a ResNeXt
    member.layer_scale_init = 0.0;
    member.kernel_size = 3;
  }
  return config::diff_options(model, member);
}

constexpr Family all_families[] = {Family::resnet, Family::convnext, Family::isotropic};

Family family_of(const ModelOptions& model, KeyLayout layout) {
  std::vector<config::Difference> fewest;
  for (Family family : all_families) {
    const auto differences = strangeness(family, model);
    if (differences.empty()) return family;
    if (fewest.empty() || differences.size() < fewest.size()) fewest = differences;
  }
  throw RequestError("the layout " + std::string(config::to_name(layout)) +
                     " has names for ResNets and ConvNeXts only, and " + fewest[0].pointer + " is " +
                     fewest[0].a.dump() + " here where they have " + fewest[0].b.dump() + "; use the layout staircase");
}

/// (out, in, 1, 1) -> (out, in) where the layout has a linear layer; LayerScale as the layout has it.
std::vector<int64_t> shape_in_layout(const plan::LayerSpec& layer, const plan::TensorSpec& tensor, Family family,
                                     KeyLayout layout) {
  const bool pointwise = layer.name.ends_with(".conv2") || layer.name.ends_with(".conv3");
  if (family != Family::resnet && pointwise && tensor.shape.size() == 4) return {layer.out, layer.in};
  if (layer.kind == plan::LayerKind::layer_scale && layout == KeyLayout::torchvision) return {layer.out, 1, 1};
  return tensor.shape;
}

}  // namespace

std::vector<KeyMapping> map_keys(const ModelOptions& model, KeyLayout layout) {
  const bool own = layout == KeyLayout::staircase;
  const Family family = own ? Family::resnet : family_of(model, layout);
  std::vector<KeyMapping> mappings;
  for (const plan::LayerSpec& layer : plan::flat_layers(plan::plan_model(model))) {
    for (const plan::TensorSpec& tensor : plan::layer_tensors(layer)) {
      KeyMapping mapping{tensor.name, tensor.name, tensor.shape, tensor.shape,
                         tensor.role == plan::TensorRole::counter};
      if (!own) {
        mapping.theirs = name_in_layout(layer.name, family, layout) + tensor.name.substr(layer.name.size());
        mapping.their_shape = shape_in_layout(layer, tensor, family, layout);
      }
      mappings.push_back(std::move(mapping));
    }
  }
  return mappings;
}

}  // namespace staircase::interop
