#pragma once

#include <torch/types.h>

#include <string>
#include <vector>

namespace staircase::apps {

/// That this LibTorch sees.
int64_t gpus_here();

/// "cpu", "cuda" or "cuda:N". Throws RequestError for other words and for a device that is not there.
torch::Device parse_device(const std::string& text);

/// Several of them, separated by commas. are_here: false for another machine's, of which nothing is known.
std::vector<torch::Device> parse_devices(const std::string& text, bool are_here = true);

}  // namespace staircase::apps
