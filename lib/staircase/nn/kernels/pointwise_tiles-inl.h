// Products of matrices in vectors and tiles, for the pointwise kernels and attention. Included once for each instruction set.
#if defined(STAIRCASE_POINTWISE_TILES_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef STAIRCASE_POINTWISE_TILES_INL_H
#undef STAIRCASE_POINTWISE_TILES_INL_H
#else
#define STAIRCASE_POINTWISE_TILES_INL_H
#endif

#include <algorithm>
#include <type_traits>

#include "staircase/nn/kernels/float_buffer.h"
#include "staircase/nn/kernels/load_store-inl.h"

HWY_BEFORE_NAMESPACE();
namespace staircase::nn::kernels::HWY_NAMESPACE {

/// A tile is `tile` rows by two vectors: its sums, what they are multiplied with and one factor fill 15 registers.
constexpr int64_t tile = 6;

/// Numbers taken `width` at a time. The last part goes back over the one before it, so that all are whole.
struct Parts {
  int64_t size, width;

  int64_t count() const { return (size + width - 1) / width; }
  int64_t start(int64_t part) const { return std::max<int64_t>(0, std::min(part * width, size - width)); }
};

constexpr Parts vectors_of(int64_t columns) { return {columns, lanes}; }

/// Rows of floats, each with at least a vector's numbers in reach.
struct FloatRows {
  const float* data;
  int64_t stride;
};

/// The rows [begin, end) as floats: where they lie, or in `buffer`, which holds them with zeros behind.
template <class T>
HWY_INLINE FloatRows float_rows(const T* from, int64_t channels, int64_t begin, int64_t end, FloatBuffer& buffer) {
  if constexpr (std::is_same_v<T, float>)
    if (channels >= lanes) return {from + begin * channels, channels};
  const int64_t stride = std::max(channels, lanes);
  for (int64_t row = begin; row < end; ++row) {
    const T* numbers = from + row * channels;
    float* to = buffer.data() + (row - begin) * stride;
    for (int64_t c = 0; c < channels; c += lanes) {
      const int64_t count = std::min(lanes, channels - c);
      store_some(floats, load_some(floats, numbers + c, count), to + c, channels < lanes ? lanes : count);
    }
  }
  return {buffer.data(), stride};
}

/// Floats that float_rows may need for so many rows.
template <class T>
int64_t buffer_size(int64_t channels, int64_t rows) {
  const bool in_place = std::is_same_v<T, float> && channels >= lanes;
  return in_place ? lanes : std::max(channels, lanes) * rows;
}

/// sums[r][v] += the sum over i of x[r][i] * packed[v][i]. packed: [vector][in][lanes].
template <int64_t Rows, int64_t Vectors>
HWY_INLINE void multiply_tile(const FloatRows& x, const float* packed, int64_t in,
                              Vector<Floats> (&sums)[Rows][Vectors]) {
  for (int64_t i = 0; i < in; ++i) {
    Vector<Floats> weights[Vectors];
    for (int64_t v = 0; v < Vectors; ++v) weights[v] = hn::LoadU(floats, packed + (v * in + i) * lanes);
    for (int64_t r = 0; r < Rows; ++r) {
      const auto factor = hn::Set(floats, x.data[r * x.stride + i]);
      for (int64_t v = 0; v < Vectors; ++v) sums[r][v] = hn::MulAdd(factor, weights[v], sums[r][v]);
    }
  }
}

/// to[v][r] += the sum over rows of x[v] * dy[r].
template <int64_t Outputs, int64_t Vectors>
HWY_INLINE void add_products(const FloatRows& x, const FloatRows& dy, const int64_t (&columns)[Vectors], int64_t rows,
                             float* to) {
  Vector<Floats> sums[Outputs][Vectors];
  for (int64_t r = 0; r < Outputs; ++r)
    for (int64_t v = 0; v < Vectors; ++v) sums[r][v] = hn::LoadU(floats, to + (v * Outputs + r) * lanes);
  const float *numbers = x.data, *gradients = dy.data;
  for (int64_t row = 0; row < rows; ++row, numbers += x.stride, gradients += dy.stride) {
    Vector<Floats> from[Vectors];
    for (int64_t v = 0; v < Vectors; ++v) from[v] = hn::LoadU(floats, numbers + columns[v]);
    for (int64_t r = 0; r < Outputs; ++r) {
      const auto factor = hn::Set(floats, gradients[r]);
      for (int64_t v = 0; v < Vectors; ++v) sums[r][v] = hn::MulAdd(factor, from[v], sums[r][v]);
    }
  }
  for (int64_t r = 0; r < Outputs; ++r)
    for (int64_t v = 0; v < Vectors; ++v) hn::StoreU(sums[r][v], floats, to + (v * Outputs + r) * lanes);
}

}  // namespace staircase::nn::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
