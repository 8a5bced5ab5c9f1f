#pragma once

#include <string>
#include <string_view>

namespace staircase {

/// "1 run", "3,068 images": a number of things, `one` in the singular. `many`: the plural; empty: an "s" behind `one`.
std::string counted(long long number, std::string_view one, std::string_view many = {});

}  // namespace staircase
