#pragma once

#include "staircase/nn/ops.h"

namespace staircase::nn::ops {

/// ops::batch_norm, with ReLU behind it where asked for. x: (N, C, H, W), float or bfloat16, on the CPU -> the same in
/// channels_last memory; the arguments: (C) float. Statistics and sums are float, from two passes, and the same for any
/// number of threads.
torch::Tensor batch_norm_by_kernel(const torch::Tensor& x, const BatchNormArguments& arguments, bool relu);

}  // namespace staircase::nn::ops
