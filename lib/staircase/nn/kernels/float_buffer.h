#pragma once

#include <algorithm>
#include <cstdint>
#include <new>

#include <hwy/aligned_allocator.h>

namespace staircase::nn::kernels {

/// Scratch memory that vectors may be loaded from without crossing lines; zero at first.
class FloatBuffer {
 public:
  /// Throws std::bad_alloc.
  explicit FloatBuffer(int64_t size) : size_(size), floats_(hwy::AllocateAligned<float>(static_cast<size_t>(size))) {
    if (!floats_) throw std::bad_alloc();
    clear();
  }
  float* data() { return floats_.get(); }
  float* end() { return data() + size_; }
  void clear() { std::fill(data(), end(), 0.0F); }

 private:
  int64_t size_;
  hwy::AlignedFreeUniquePtr<float[]> floats_;
};

}  // namespace staircase::nn::kernels
