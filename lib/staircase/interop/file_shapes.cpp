#include "staircase/interop/file_shapes.h"

#include "staircase/base/errors.h"
#include "staircase/formats/tensor_bytes.h"

namespace staircase::interop {

Shapes::Shapes(const formats::TensorFile& file, Family family, KeyLayout layout, std::string name)
    : family_(family), layout_(layout), file_name_(std::move(name)) {
  for (const auto& [key, tensor] : file.tensors) shapes_[key] = tensor.sizes().vec();
}

bool Shapes::has(const std::string& layer, const std::string& tensor) const {
  return shapes_.count(name_in_layout(layer + tensor, family_, layout_)) > 0;
}

bool Shapes::knows(const std::string& tensor) const {
  const auto name = find_name_in_layout(tensor, family_, layout_);
  return name && shapes_.count(*name) > 0;
}

int64_t Shapes::size(const std::string& layer, size_t dimension, const std::string& tensor) const {
  const std::string key = name_in_layout(layer + tensor, family_, layout_);
  const auto found = shapes_.find(key);
  if (found == shapes_.end() || found->second.size() <= dimension)
    throw RequestError(file_name_ + ": has the names of the layout " + std::string(config::to_name(layout_)) +
                       ", but its tensor " + formats::quoted_name(key) + " is " +
                       (found == shapes_.end() ? "missing" : formats::shape_text(found->second)) +
                       ", so the network cannot be told; name it with --model");
  return found->second[dimension];
}

std::vector<int64_t> Shapes::depths(const std::string& in_each_block) const {
  const bool one_stage = family_ == Family::isotropic || family_ == Family::vit || family_ == Family::vit_fc_norm;
  std::vector<int64_t> depths;
  const size_t most_stages = one_stage ? 1 : 4;  // whose names say no stage
  const int64_t most_blocks = 200;
  while (depths.size() < most_stages) {
    const std::string stage = "stages." + std::to_string(depths.size()) + ".blocks.";
    int64_t blocks = 0;
    while (blocks < most_blocks && has(stage + std::to_string(blocks) + "." + in_each_block, "")) ++blocks;
    if (blocks == 0) break;
    depths.push_back(blocks);
  }
  return depths;
}

void read_sizes(config::ModelOptions& model, const Shapes& shapes, std::vector<int64_t> depths) {
  model.depths = std::move(depths);
  model.width = shapes.size("stem.conv", 0);
  model.in_channels = shapes.size("stem.conv", 1);
  if (shapes.has("head.linear")) model.num_classes = shapes.size("head.linear", 0);
}

}  // namespace staircase::interop
