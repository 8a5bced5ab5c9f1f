#pragma once

#include <torch/types.h>

#include <optional>
#include <string_view>

namespace staircase::formats {

/// What calling a class or function of a pickle stands for. None is ever called.
enum class GlobalRole { ordered_dict, tensor, parameter, storage, opaque };

struct PickleGlobal {
  std::string_view module;
  std::string_view name;
  GlobalRole role;
  torch::ScalarType type = torch::kFloat;  ///< of a storage
};

/// The index of a global that a weights file may hold; nothing for any other.
std::optional<size_t> find_global(std::string_view module, std::string_view name);
const PickleGlobal& global_at(size_t index);

/// "FloatStorage" for float; nothing for a type that torch.save has no storage for.
std::optional<std::string_view> storage_name(torch::ScalarType type);

}  // namespace staircase::formats
