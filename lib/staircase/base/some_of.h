#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace staircase {

/// "a, b and 3 more": the first `most` of a list, and how many more there are.
std::string some_of(const std::vector<std::string>& parts, size_t most, std::string_view separator = ", ");

}  // namespace staircase
