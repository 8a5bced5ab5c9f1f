#pragma once

#include <cstdint>

namespace staircase::nn::kernels {

/// A matrix, [count][channels] side by side in memory: an image in channels_last has a row for each position.
struct Rows {
  int64_t count = 0, channels = 0;
};

/// Images in channels_last memory: [samples][positions][channels].
struct Images {
  int64_t samples = 0, positions = 0, channels = 0;
};

}  // namespace staircase::nn::kernels
