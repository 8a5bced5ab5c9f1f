#pragma once

#include <string>
#include <vector>

namespace staircase::config {

/// The fields, of those that are known, that an unknown key most likely means, the likeliest first, three at most:
/// what it is called elsewhere ("lr" is learning_rate), else the nearest spelling, else names with its words in them.
/// None for what likely_elsewhere knows.
std::vector<std::string> likely_fields(const std::string& key, const std::vector<std::string>& known);

/// Pointers to fields anywhere in an experiment that are called so: "image_size" is "/data/image_size_px".
std::vector<std::string> likely_elsewhere(const std::string& key);

}  // namespace staircase::config
