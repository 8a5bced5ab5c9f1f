#pragma once

#include "staircase/interop/key_layout.h"

namespace staircase::interop {

/// Whether a tensor of another implementation says nothing that its network does not: Swin's indices and masks.
bool is_derived(const std::string& key);

/// Those that a layout's own loader wants to find: for every bias table in a file under the layout's names the index of
/// its rows, int64. Each stands behind its table.
void add_derived_tensors(formats::TensorFile& file, KeyLayout layout);

}  // namespace staircase::interop
