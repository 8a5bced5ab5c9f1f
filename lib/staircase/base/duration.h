#pragma once

#include <string>

namespace staircase {

/// "4.2 s", "42 s", "12 min", "3.4 h".
std::string duration_text(double seconds);

}  // namespace staircase
