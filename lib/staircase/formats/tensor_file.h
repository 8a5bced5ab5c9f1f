#pragma once

#include <torch/types.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace staircase::formats {

/// What a weights file holds: named tensors in a stable order, and text metadata.
/// Tensors that a reader returns are on the CPU and may lie in a private, copy-on-write mapping of
/// the file: writing to them changes neither the file nor another reader's tensors, and the mapping
/// lives as long as any of them. Only cutting or rewriting the file in place (a rename over it is
/// harmless) while they are in use is not allowed.
struct TensorFile {
  std::vector<std::pair<std::string, torch::Tensor>> tensors;
  std::map<std::string, std::string> metadata;
};

}  // namespace staircase::formats
