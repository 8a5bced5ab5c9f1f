#pragma once

#include <string>
#include <string_view>

#include <ATen/record_function.h>

namespace staircase::nn {

/// The part that is the backward pass itself, around all its operations.
inline constexpr std::string_view backward_part = "autograd";

/// Says what the thread computes for the length of a scope, to whoever times it: train::PartClock, LibTorch's profiler.
/// While nobody does, it costs a few nanoseconds.
class PartScope {
 public:
  explicit PartScope(std::string_view part) : record_(at::RecordScope::USER_SCOPE) {
    if (record_.isActive()) record_.before(std::string(part));
  }

 private:
  at::RecordFunction record_;
};

}  // namespace staircase::nn
