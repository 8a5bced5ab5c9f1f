#pragma once

#include <string>

namespace staircase::apps {

/// Refuses a place that no file can be written to: a folder that is missing or closed, a folder
/// itself. `option`: "--out" or "OUT", for the message. Throws RequestError.
void check_output(const std::string& path, const std::string& option);

}  // namespace staircase::apps
