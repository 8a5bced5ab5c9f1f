#pragma once

#include <string_view>

namespace staircase::interop {

/// A file of this folder as it was when the program was built; empty: there is none of this name.
std::string_view embedded_file(std::string_view name);

}  // namespace staircase::interop
