#include "staircase/base/errors.h"
#include "staircase/interop/file_shapes.h"
#include "staircase/plan/named_models.h"

namespace staircase::interop {
namespace {

using config::ModelOptions;

bool has_tensor(const formats::TensorFile& file, const std::string& name) {
  for (const auto& [key, tensor] : file.tensors)
    if (key == name) return true;
  return false;
}

ModelOptions guess_resnet(const Shapes& shapes, const std::string& name) {
  ModelOptions model = plan::find_model("resnet50", {name, ""}).options;
  read_sizes(model, shapes, shapes.depths());
  if (!shapes.has("stages.0.blocks.0.conv3"))
    throw RequestError(
        name + ": holds a ResNet of basic blocks (ResNet-18 or 34); Staircase builds those of bottleneck blocks");
  const int64_t middle = shapes.size("stages.0.blocks.0.conv2", 0), a_group = shapes.size("stages.0.blocks.0.conv2", 1);
  if (a_group > 0 && a_group < middle) {
    model.spatial = config::Spatial::grouped;
    model.groups = middle / a_group;
    model.stem_width = shapes.size("stem.conv", 0);
    model.width = middle;
    model.expansion = shapes.size("stages.0.blocks.0.conv3", 0) / middle;
  }
  return model;
}

ModelOptions guess_convnext(const Shapes& shapes, Family family, const std::string& name) {
  const bool isotropic = family == Family::isotropic;
  ModelOptions model = plan::find_model(isotropic ? "convnext_isotropic_small" : "convnext_tiny", {name, ""}).options;
  read_sizes(model, shapes, shapes.depths());
  model.kernel_size = shapes.size("stages.0.blocks.0.conv1", 2);
  model.layer_scale_init = shapes.has("stages.0.blocks.0.layer_scale", "") ? 1e-6 : 0.0;
  model.grn = shapes.knows("stages.0.blocks.0.grn.weight");
  return model;
}

/// A tensor that only files of a layout have.
struct Mark {
  const char* tensor;
  KeyLayout layout;
  Family family;
};
constexpr Mark marks[] = {{"layer1.0.conv1.weight", KeyLayout::torchvision, Family::resnet},
                          {"features.1.0.attn.qkv.weight", KeyLayout::torchvision, Family::swin},
                          {"features.0.0.weight", KeyLayout::torchvision, Family::convnext},
                          {"conv_proj.weight", KeyLayout::torchvision, Family::vit},
                          {"stages.0.blocks.0.conv_dw.weight", KeyLayout::timm, Family::convnext},
                          {"downsample_layers.0.0.weight", KeyLayout::official, Family::convnext},
                          {"blocks.0.dwconv.weight", KeyLayout::official, Family::isotropic},
                          {"blocks.0.gamma_1", KeyLayout::official, Family::vit},
                          {"fc_norm.weight", KeyLayout::timm, Family::vit_fc_norm},
                          {"blocks.0.attn.qkv.weight", KeyLayout::timm, Family::vit},
                          {"layers.0.downsample.reduction.weight", KeyLayout::official, Family::swin},
                          {"layers.0.blocks.0.attn.qkv.weight", KeyLayout::timm, Family::swin},
                          {"network.0.0.mlp.fc1.weight", KeyLayout::official, Family::poolformer}};

const Mark* find_mark(const formats::TensorFile& file) {
  for (const Mark& mark : marks)
    if (has_tensor(file, mark.tensor)) return &mark;
  return nullptr;
}

/// Networks that share names with those that are built.
void check_relatives(const formats::TensorFile& file, const std::string& name) {
  if (has_tensor(file, "dist_token") || has_tensor(file, "head_dist.weight"))
    throw RequestError(name +
                       ": holds a distilled DeiT (dist_token, head_dist), which has a second token and head; Staircase "
                       "builds the DeiT without distillation");
}

}  // namespace

std::optional<KeyLayout> find_layout(const formats::TensorFile& file) {
  if (has_tensor(file, "stem.conv.weight")) return KeyLayout::staircase;
  const Mark* mark = find_mark(file);
  return mark ? std::optional<KeyLayout>(mark->layout) : std::nullopt;
}

ModelOptions guess_model(const formats::TensorFile& file, KeyLayout layout, const std::string& name) {
  if (layout == KeyLayout::staircase)
    throw RequestError(name + ": has Staircase's names and no description of its network; name it with --model");
  check_relatives(file, name);
  const Mark* mark = find_mark(file);
  const Family family = mark ? mark->family : Family::convnext;
  const Shapes shapes(file, family, layout, name);
  if (family == Family::resnet) return guess_resnet(shapes, name);
  if (family == Family::convnext || family == Family::isotropic) return guess_convnext(shapes, family, name);
  return guess_transformer(shapes, family);
}

}  // namespace staircase::interop
