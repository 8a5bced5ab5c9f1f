#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "staircase/formats/pickle_tree.h"

namespace staircase::formats {

/// The tensors of the state dict that a checkpoint holds, by name and index into tree.tensors.
/// See read_pth for where it is looked for. Throws RequestError naming `file`.
std::vector<std::pair<std::string, size_t>> find_state_dict(const PickleTree& tree,
                                                            const std::optional<std::string>& key,
                                                            const std::string& file);

}  // namespace staircase::formats
