#pragma once

#include <cstdint>

#include "staircase/nn/classifier.h"

namespace staircase::nn {

/// Fills every parameter and resets every buffer, as options().initialization says:
/// truncated_normal: convolutions and linear layers N(0, .02) cut at +-2, biases 0 (ConvNeXt);
/// kaiming_fan_out: convolutions N(0, sqrt(2 / fan_out)), the linear layer U(+-1/sqrt(fan_in)) (torchvision).
/// Each parameter draws from its own stream, keyed by seed and name: adding a layer changes no other.
void initialize(Classifier& model, uint64_t seed);

}  // namespace staircase::nn
