#pragma once

#include <type_traits>

#include <torch/types.h>

namespace staircase::nn::ops {

/// Whether an operation on x must be plain aten: while it is traced, so that an export holds aten
/// operators only, and on devices that we have no kernels for. The one place that decides it.
bool needs_plain_aten(const torch::Tensor& x);

/// Whether what runs is being recorded for an export: then no size of an image may be read.
bool is_tracing();

/// Stands where an operation has no kernel of its own.
struct NoKernel {};

/// Calls kernel() where there is one that may run on x, else plain().
template <class Kernel, class Plain>
torch::Tensor guarded(const torch::Tensor& x, const Kernel& kernel, const Plain& plain) {
  if constexpr (!std::is_same_v<Kernel, NoKernel>)
    if (!needs_plain_aten(x)) return kernel();
  return plain();
}

/// kernel() where it fits what is given and may run on x, else plain().
template <class Kernel, class Plain>
torch::Tensor guarded_where(bool fits, const torch::Tensor& x, const Kernel& kernel, const Plain& plain) {
  return fits ? guarded(x, kernel, plain) : guarded(x, NoKernel(), plain);
}

}  // namespace staircase::nn::ops
