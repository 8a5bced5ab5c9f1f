#pragma once

#include <string>

namespace staircase::experiment {

/// What was meant by a pointer that leads into no configuration: " (did you mean \"/model/norm\"?)" for
/// "/base/model/norm", "model/norm", "/norm" or "/modle/norm"; empty where nothing is likely.
std::string pointer_hint(const std::string& pointer);

}  // namespace staircase::experiment
