#include "staircase/interop/key_layout.h"

#include "staircase/base/errors.h"
#include "staircase/config/codec.h"
#include "staircase/interop/key_names.h"
#include "staircase/plan/named_models.h"
#include "staircase/plan/plan.h"

namespace staircase::interop {
namespace {

using config::ModelOptions;

/// A published network whose names stand for those of a family.
struct Example {
  Family family;
  const char* name;
};
constexpr Example examples[] = {{Family::resnet, "resnet50"},
                                {Family::convnext, "convnext_tiny"},
                                {Family::isotropic, "convnext_isotropic_small"},
                                {Family::vit, "deit_small"},
                                {Family::vit, "deit3_small"},
                                {Family::vit, "vit_small_gap"},
                                {Family::vit_fc_norm, "vit_small_gap"},
                                {Family::swin, "swin_tiny"},
                                {Family::poolformer, "poolformer_s12"}};

bool is_patchify(config::Stem stem) { return config::to_name(stem).starts_with("patchify"); }

/// The published network with the sizes of `model`: where the two still differ, the family's names do not fit.
ModelOptions family_member(const Example& example, const ModelOptions& model) {
  const Family family = example.family;
  ModelOptions member = plan::find_model(example.name, {"", "MODEL"}).options;
  const bool is_vit = family == Family::vit || family == Family::vit_fc_norm;
  if (family != Family::resnet) member.kernel_size = model.kernel_size;
  if (family != Family::resnet && family != Family::swin) member.layer_scale_init = model.layer_scale_init;
  if (family == Family::resnet && model.spatial == config::Spatial::grouped) {  // a ResNeXt
    member.spatial = model.spatial;
    member.stem_width = model.stem_width;
    member.expansion = model.expansion;
  }
  if (family == Family::convnext) member.grn = model.grn;
  if (family == Family::vit_fc_norm) member.head_norm = config::HeadNorm::after_pooling;
  if (is_vit && is_patchify(model.stem)) member.stem = model.stem;
  if (is_vit) member.image_size_px = model.image_size_px;
  member.depths = model.depths;
  member.width = model.width;
  member.width_factor = model.width_factor;
  member.initialization = model.initialization;
  member.groups = model.groups;
  member.head_dim = model.head_dim;
  member.num_classes = model.num_classes;
  member.in_channels = model.in_channels;
  return member;
}

/// What a layout has no names for although it has some for the family.
void check_variant(const ModelOptions& model, Family family, KeyLayout layout) {
  if (layout != KeyLayout::torchvision) return;
  const auto refuse = [](const std::string& what) {
    throw RequestError("the layout torchvision has no names for " + what + "; use timm, official or staircase");
  };
  if (family == Family::convnext && model.grn) refuse("a ConvNeXt with GRN (/model/grn)");
  if (family != Family::vit) return;
  if (model.layer_scale_init != 0) refuse("a ViT with LayerScale (/model/layer_scale_init)");
  if (model.position_embedding != config::PositionEmbedding::learned_with_token)
    refuse("a ViT whose table has no entry for a class token (/model/position_embedding)");
}

Family family_of(const ModelOptions& model, KeyLayout layout) {
  std::vector<config::Difference> fewest;
  for (const Example& example : examples) {
    const auto differences = config::diff_options(model, family_member(example, model));
    if (differences.empty()) {
      check_variant(model, example.family, layout);
      return example.family;
    }
    if (fewest.empty() || differences.size() < fewest.size()) fewest = differences;
  }
  throw RequestError("the layout " + std::string(config::to_name(layout)) +
                     " has names for published families only, and " + fewest[0].pointer + " is " + fewest[0].a.dump() +
                     " here where the nearest has " + fewest[0].b.dump() + "; use the layout staircase");
}

/// Pointwise layers that the family's code has as linear ones: (out, in, 1, 1) -> (out, in).
bool is_linear_there(const plan::LayerSpec& layer, Family family) {
  if (family == Family::resnet || family == Family::poolformer) return false;
  return layer.name.ends_with(".conv2") || layer.name.ends_with(".conv3") || layer.kind == plan::LayerKind::attention ||
         (family == Family::swin && layer.name.ends_with(".downsample.conv"));
}

std::vector<int64_t> shape_in_layout(const plan::LayerSpec& layer, const plan::TensorSpec& tensor, Family family,
                                     KeyLayout layout) {
  using plan::LayerKind;
  const std::vector<int64_t>& shape = tensor.shape;
  if (is_linear_there(layer, family) && shape.size() == 4) return {shape[0], shape[1]};
  if (layer.kind == LayerKind::layer_scale && layout == KeyLayout::torchvision) return {layer.out, 1, 1};
  if (layer.kind == LayerKind::class_token) return {1, 1, layer.out};
  if (layer.kind == LayerKind::position_embedding) return {1, shape[0], shape[1]};
  if (layer.kind == LayerKind::grn && layout == KeyLayout::official) return {1, 1, 1, layer.out};
  return shape;
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
        mapping.theirs = name_in_layout(tensor.name, family, layout);
        mapping.their_shape = shape_in_layout(layer, tensor, family, layout);
      }
      mappings.push_back(std::move(mapping));
    }
  }
  return mappings;
}

}  // namespace staircase::interop
