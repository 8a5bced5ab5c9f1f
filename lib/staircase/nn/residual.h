#pragma once

#include "staircase/nn/ops.h"

namespace staircase::nn::ops {

/// ops::residual. shortcut, branch: (N, C, H, W) of one type, float or bfloat16, on the CPU -> the same in
/// channels_last memory. Sums are float and the same for any number of threads.
torch::Tensor residual_by_kernel(const torch::Tensor& shortcut, const torch::Tensor& branch, const BranchScale& scale,
                                 bool relu);

}  // namespace staircase::nn::ops
