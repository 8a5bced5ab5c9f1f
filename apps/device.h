#pragma once

#include <torch/types.h>

#include <string>

namespace staircase::apps {

/// "cpu", "cuda" or "cuda:N". Throws RequestError for other words and for a device that is not there.
torch::Device parse_device(const std::string& text);

}  // namespace staircase::apps
