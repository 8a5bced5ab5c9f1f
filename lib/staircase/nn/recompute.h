#pragma once

#include <functional>

#include <torch/nn/module.h>
#include <torch/types.h>

namespace staircase::nn {

/// operation(x) without what it would keep for the backward pass, which runs it a second time. Output and gradients are
/// the same to the bit. `module` holds every parameter and buffer that the operation uses and must outlive the backward
/// pass; the second run leaves its buffers as they are. operation: one tensor to one tensor, twice the same. In
/// evaluation and without gradients it is operation(x).
/// Source: Chen et al. 2016, arXiv:1604.06174.
torch::Tensor recomputed(const torch::nn::Module& module,
                         const std::function<torch::Tensor(const torch::Tensor&)>& operation, const torch::Tensor& x);

}  // namespace staircase::nn
