#pragma once

#include <string_view>

namespace staircase::report {

/// A file of lab/html/, or a library that draws charts, as it was when the program was built.
/// Empty: the program was built without it, which happens to libraries only.
std::string_view embedded_file(std::string_view name);

}  // namespace staircase::report
