#pragma once

#include "staircase/interop/model_file.h"

namespace staircase::interop {

/// Values in [-1, 1]; the same for the same shape.
torch::Tensor wave(const std::vector<int64_t>& shape);

/// A photograph as a file with preprocessing takes it, uint8 (H, W, C), and as evaluation prepares it, (1, C, S, S).
struct Photograph {
  torch::Tensor pixels, prepared;
};
Photograph example_photograph(int height, int width, const ModelDescription& description);

}  // namespace staircase::interop
