#pragma once

#include <optional>

#include "staircase/interop/key_layout.h"

namespace staircase::interop {

/// A position table of a file made for a network's images, or a bias table for its windows, where they were made for
/// others; in the network's shape. Empty: the tensor is none that could be.
std::optional<torch::Tensor> resized_for(const KeyMapping& mapping, const torch::Tensor& tensor);

/// Whether two networks differ in a field that only says for which images or windows their tables are made.
bool is_table_size(const config::Difference& difference, const config::ModelOptions& a, const config::ModelOptions& b);

}  // namespace staircase::interop
