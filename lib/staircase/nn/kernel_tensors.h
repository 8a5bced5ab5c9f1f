#pragma once

#include <algorithm>
#include <stdexcept>

#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <torch/types.h>

#include "staircase/nn/kernels/element.h"
#include "staircase/nn/kernels/rows.h"

/// What the operations with kernels of their own share.
namespace staircase::nn::ops {

inline kernels::Element element_of(const torch::Tensor& x) {
  return x.scalar_type() == torch::kBFloat16 ? kernels::Element::bfloat16 : kernels::Element::float32;
}

/// As operations take a tensor that may be undefined.
inline c10::optional<torch::Tensor> optional(const torch::Tensor& tensor) {
  return tensor.defined() ? c10::optional<torch::Tensor>(tensor) : c10::nullopt;
}

/// The same numbers with the channels side by side in memory.
inline torch::Tensor channels_last(const torch::Tensor& x) { return x.contiguous(torch::MemoryFormat::ChannelsLast); }

/// The numbers of `other` in the type and the memory format of x, which is dense.
inline torch::Tensor in_layout_of(const torch::Tensor& x, const torch::Tensor& other) {
  const bool fits = other.scalar_type() == x.scalar_type() && other.strides() == x.strides();
  return fits ? other : torch::empty_like(x).copy_(other);
}

/// A row for each position. x: (N, C, H, W) in channels_last memory.
inline kernels::Rows rows_of(const torch::Tensor& x) { return {x.size(0) * x.size(2) * x.size(3), x.size(1)}; }

/// x: (N, C, H, W) in channels_last memory.
inline kernels::Images images_of(const torch::Tensor& x) { return {x.size(0), x.size(2) * x.size(3), x.size(1)}; }

/// Begins a backward pass by kernels, which leave nothing to differentiate again.
/// Throws std::logic_error where the gradient is to be differentiated (create_graph).
inline void refuse_second_derivative() {
  if (at::GradMode::is_enabled())
    throw std::logic_error("the gradient of a gradient was asked for, which the kernels of staircase::nn do not have");
}

/// kernel(begin, end) over [0, tasks), shared out evenly over the threads. A thread is worth its start for `least` tasks.
template <class Kernel>
void share_out(int64_t tasks, const Kernel& kernel, int64_t least = 1) {
  at::parallel_for(0, tasks, least, kernel);
}

/// kernel(first, count) over `count` numbers, a few pages at a time.
template <class Kernel>
void over_elements(int64_t count, const Kernel& kernel) {
  constexpr int64_t portion = 8192;
  share_out((count + portion - 1) / portion, [&](int64_t begin, int64_t end) {
    kernel(begin * portion, std::min(end * portion, count) - begin * portion);
  });
}

}  // namespace staircase::nn::ops
