#pragma once

#include <string>
#include <vector>

namespace staircase::config {

/// The fields, of those that are known, that an unknown key most likely means, the likeliest first, three at most:
/// what it is called elsewhere ("lr" is learning_rate), else the nearest spelling, else names with its words in them.
std::vector<std::string> likely_fields(const std::string& key, const std::vector<std::string>& known);

}  // namespace staircase::config
