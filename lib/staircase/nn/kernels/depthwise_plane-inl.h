// A block of an image's channels as float, for the depthwise kernels. Included once for each instruction set.
#if defined(STAIRCASE_DEPTHWISE_PLANE_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef STAIRCASE_DEPTHWISE_PLANE_INL_H
#undef STAIRCASE_DEPTHWISE_PLANE_INL_H
#else
#define STAIRCASE_DEPTHWISE_PLANE_INL_H
#endif

#include <algorithm>
#include <cstring>

#include "staircase/nn/kernels/depthwise.h"
#include "staircase/nn/kernels/load_store-inl.h"

HWY_BEFORE_NAMESPACE();
namespace staircase::nn::kernels::HWY_NAMESPACE {

constexpr int64_t block = DepthwiseShape::block;

/// A block's channels take this many vectors.
constexpr int64_t vectors = block / lanes;
static_assert(block % lanes == 0);
/// Sums that are held at a time: as many as the registers allow beside what is read.
constexpr int64_t most_sums = vectors == 1 ? 8 : (vectors == 2 ? 5 : 2);

/// An image's block of channels as float, with a border of zeros: [height][width][block].
struct Plane {
  int64_t height, width;
  float* data;

  float* at(int64_t row, int64_t column) const { return data + (row * width + column) * block; }
};

struct Source {
  const void* data;
  int64_t height, width, channels;
};

template <class T>
void read_row(const T* from, int64_t positions, int64_t channels, int64_t count, int64_t step, float* to) {
  for (int64_t i = 0; i < positions; ++i, from += channels, to += step * block) {
    if (count == block) {
      for (int64_t v = 0; v < vectors; ++v) hn::Store(load(floats, from + v * lanes), floats, to + v * lanes);
    } else {
      alignas(64) T padded[block] = {};
      std::memcpy(padded, from, static_cast<size_t>(count) * sizeof(T));
      for (int64_t v = 0; v < vectors; ++v) hn::Store(load(floats, padded + v * lanes), floats, to + v * lanes);
    }
  }
}

/// Puts a block of an image into the plane, its first pixel at (border, border) and `step` apart.
template <class T>
void read_plane(const Source& source, int64_t image, int64_t of_block, int64_t border, int64_t step,
                const Plane& plane) {
  const int64_t first = of_block * block, count = std::min(block, source.channels - first);
  const T* from = static_cast<const T*>(source.data) + image * source.height * source.width * source.channels + first;
  for (int64_t row = 0; row < source.height; ++row)
    read_row(from + row * source.width * source.channels, source.width, source.channels, count, step,
             plane.at(border + row * step, border));
}

}  // namespace staircase::nn::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
