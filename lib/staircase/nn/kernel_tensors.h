#pragma once

#include <ATen/Parallel.h>
#include <torch/types.h>

#include "staircase/nn/kernels/element.h"

/// What the operations with kernels of their own share.
namespace staircase::nn::ops {

inline kernels::Element element_of(const torch::Tensor& x) {
  return x.scalar_type() == torch::kBFloat16 ? kernels::Element::bfloat16 : kernels::Element::float32;
}

/// The same numbers with the channels side by side in memory.
inline torch::Tensor channels_last(const torch::Tensor& x) { return x.contiguous(torch::MemoryFormat::ChannelsLast); }

/// The numbers of `other` in the type and the memory format of x, which is dense.
inline torch::Tensor in_layout_of(const torch::Tensor& x, const torch::Tensor& other) {
  const bool fits = other.scalar_type() == x.scalar_type() && other.strides() == x.strides();
  return fits ? other : torch::empty_like(x).copy_(other);
}

/// kernel(begin, end) over [0, tasks), shared out evenly over the threads. A thread is worth its start for `least` tasks.
template <class Kernel>
void share_out(int64_t tasks, const Kernel& kernel, int64_t least = 1) {
  at::parallel_for(0, tasks, least, kernel);
}

}  // namespace staircase::nn::ops
