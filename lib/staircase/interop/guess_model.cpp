#include <map>

#include "staircase/base/errors.h"
#include "staircase/formats/tensor_bytes.h"
#include "staircase/interop/key_layout.h"
#include "staircase/interop/key_names.h"
#include "staircase/plan/named_models.h"

namespace staircase::interop {
namespace {

using config::ModelOptions;

/// The shapes of a file's tensors, asked by our names.
class Shapes {
 public:
  Shapes(const formats::TensorFile& file, Family family, KeyLayout layout, std::string name)
      : family_(family), layout_(layout), file_name_(std::move(name)) {
    for (const auto& [key, tensor] : file.tensors) shapes_[key] = tensor.sizes().vec();
  }

  bool has(const std::string& layer, const std::string& tensor = ".weight") const {
    return shapes_.count(name_in_layout(layer, family_, layout_) + tensor) > 0;
  }

  /// Throws where the file has no such tensor, or one of too few dimensions.
  int64_t size(const std::string& layer, size_t dimension) const {
    const std::string key = name_in_layout(layer, family_, layout_) + ".weight";
    const auto found = shapes_.find(key);
    if (found == shapes_.end() || found->second.size() <= dimension)
      throw RequestError(file_name_ + ": has the names of the layout " + std::string(config::to_name(layout_)) +
                         ", but its tensor " + formats::quoted_name(key) + " is " +
                         (found == shapes_.end() ? "missing" : formats::shape_text(found->second)) +
                         ", so the network cannot be told; name it with --model");
    return found->second[dimension];
  }

  std::vector<int64_t> depths() const {
    std::vector<int64_t> depths;
    const size_t most_stages = family_ == Family::isotropic ? 1 : 4;  // whose names say no stage
    const int64_t most_blocks = 200;
    while (depths.size() < most_stages) {
      const std::string stage = "stages." + std::to_string(depths.size()) + ".blocks.";
      int64_t blocks = 0;
      while (blocks < most_blocks && has(stage + std::to_string(blocks) + ".conv1")) ++blocks;
      if (blocks == 0) break;
      depths.push_back(blocks);
    }
    return depths;
  }

 private:
  Family family_;
  KeyLayout layout_;
  std::string file_name_;
  std::map<std::string, std::vector<int64_t>> shapes_;
};

bool has_tensor(const formats::TensorFile& file, const std::string& name) {
  for (const auto& [key, tensor] : file.tensors)
    if (key == name) return true;
  return false;
}

/// What is common to the families: sizes.
void read_sizes(ModelOptions& model, const Shapes& shapes) {
  model.depths = shapes.depths();
  model.width = shapes.size("stem.conv", 0);
  model.in_channels = shapes.size("stem.conv", 1);
  if (shapes.has("head.linear")) model.num_classes = shapes.size("head.linear", 0);
}

ModelOptions guess_resnet(const Shapes& shapes, const std::string& name) {
  ModelOptions model = plan::find_model("resnet50", {name, ""}).options;
  read_sizes(model, shapes);
  if (!shapes.has("stages.0.blocks.0.conv3"))
    throw RequestError(
        name + ": holds a ResNet of basic blocks (ResNet-18 or 34); Staircase builds those of bottleneck blocks");
  const int64_t middle = shapes.size("stages.0.blocks.0.conv2", 0), a_group = shapes.size("stages.0.blocks.0.conv2", 1);
  if (a_group > 0 && a_group < middle) {
    model.spatial = config::Spatial::grouped;
    model.groups = middle / a_group;
  }
  return model;
}

ModelOptions guess_convnext(const Shapes& shapes, Family family, const std::string& name) {
  const bool isotropic = family == Family::isotropic;
  ModelOptions model = plan::find_model(isotropic ? "convnext_isotropic_small" : "convnext_tiny", {name, ""}).options;
  read_sizes(model, shapes);
  model.kernel_size = shapes.size("stages.0.blocks.0.conv1", 2);
  model.layer_scale_init = shapes.has("stages.0.blocks.0.layer_scale", "") ? 1e-6 : 0.0;
  return model;
}

}  // namespace

std::optional<KeyLayout> find_layout(const formats::TensorFile& file) {
  if (has_tensor(file, "stem.conv.weight")) return KeyLayout::staircase;
  if (has_tensor(file, "layer1.0.conv1.weight") || has_tensor(file, "features.0.0.weight"))
    return KeyLayout::torchvision;
  if (has_tensor(file, "stages.0.blocks.0.conv_dw.weight")) return KeyLayout::timm;
  if (has_tensor(file, "downsample_layers.0.0.weight") || has_tensor(file, "blocks.0.dwconv.weight"))
    return KeyLayout::official;
  return std::nullopt;
}

ModelOptions guess_model(const formats::TensorFile& file, KeyLayout layout, const std::string& name) {
  if (layout == KeyLayout::staircase)
    throw RequestError(name + ": has Staircase's names and no description of its network; name it with --model");
  const Family family = has_tensor(file, "layer1.0.conv1.weight")    ? Family::resnet
                        : has_tensor(file, "blocks.0.dwconv.weight") ? Family::isotropic
                                                                     : Family::convnext;
  const Shapes shapes(file, family, layout, name);
  return family == Family::resnet ? guess_resnet(shapes, name) : guess_convnext(shapes, family, name);
}

}  // namespace staircase::interop
