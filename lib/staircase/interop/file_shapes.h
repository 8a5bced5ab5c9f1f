#pragma once

#include <map>

#include "staircase/interop/key_names.h"

/// What guess_model is made of. Nobody else includes this.
namespace staircase::interop {

/// The shapes of a file's tensors, asked by our names.
class Shapes {
 public:
  Shapes(const formats::TensorFile& file, Family family, KeyLayout layout, std::string name);

  /// Whether the file has a tensor, ".weight" of a layer where nothing else is asked for.
  bool has(const std::string& layer, const std::string& tensor = ".weight") const;
  /// The same for a tensor that the layout may have no name for.
  bool knows(const std::string& tensor) const;
  /// Throws where the file has no such tensor, or one of too few dimensions.
  int64_t size(const std::string& layer, size_t dimension, const std::string& tensor = ".weight") const;
  /// Blocks of each stage, told by a tensor that each block has: "conv1.weight".
  std::vector<int64_t> depths(const std::string& in_each_block = "conv1.weight") const;
  const std::string& file_name() const { return file_name_; }

 private:
  Family family_;
  KeyLayout layout_;
  std::string file_name_;
  std::map<std::string, std::vector<int64_t>> shapes_;
};

/// Depths, the first width, channels of the images, classes.
void read_sizes(config::ModelOptions& model, const Shapes& shapes, std::vector<int64_t> depths);

/// Of the families vit, vit_fc_norm, swin and poolformer. Throws RequestError as guess_model does.
config::ModelOptions guess_transformer(const Shapes& shapes, Family family);

}  // namespace staircase::interop
