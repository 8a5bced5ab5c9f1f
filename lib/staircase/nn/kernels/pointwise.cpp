#include "staircase/nn/kernels/pointwise.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "staircase/nn/kernels/pointwise.cpp"
#include <hwy/foreach_target.h>
//
#include <hwy/highway.h>

#include "staircase/nn/kernels/pointwise_tiles-inl.h"

HWY_BEFORE_NAMESPACE();
namespace staircase::nn::kernels::HWY_NAMESPACE {

/// `Rows` rows of y, from the vector `first` on.
template <int64_t Rows, int64_t Vectors, class T>
HWY_INLINE void multiply_rows_of(const PointwiseShape& s, const FloatRows& x, const float* packed, const float* bias,
                                 int64_t first, T* y) {
  const Parts columns = vectors_of(s.out);
  const int64_t count = std::min(lanes, s.out);
  Vector<Floats> sums[Rows][Vectors];
  for (int64_t v = 0; v < Vectors; ++v) {
    const auto start = bias ? load_some(floats, bias + columns.start(first + v), count) : hn::Zero(floats);
    for (int64_t r = 0; r < Rows; ++r) sums[r][v] = start;
  }
  multiply_tile<Rows, Vectors>(x, packed + first * s.in * lanes, s.in, sums);
  for (int64_t r = 0; r < Rows; ++r)
    for (int64_t v = 0; v < Vectors; ++v)
      store_some(floats, sums[r][v], y + r * s.out + columns.start(first + v), count);
}

/// `rows` rows in whole tiles where there are so many.
template <int64_t Vectors, class T>
void multiply_columns(const PointwiseShape& s, const FloatRows& x, const float* packed, const float* bias,
                      int64_t first, int64_t rows, T* y) {
  const Parts tiles{rows, rows < tile ? 1 : tile};
  for (int64_t t = 0; t < tiles.count(); ++t) {
    const int64_t row = tiles.start(t);
    const FloatRows from{x.data + row * x.stride, x.stride};
    if (rows < tile) multiply_rows_of<1, Vectors>(s, from, packed, bias, first, y + row * s.out);
    else multiply_rows_of<tile, Vectors>(s, from, packed, bias, first, y + row * s.out);
  }
}

template <class T>
void multiply_of(const PointwiseShape& s, const T* x, const float* packed, const float* bias, T* y, int64_t begin,
                 int64_t end) {
  // Rows that stay in the second cache while all columns are gone through.
  const int64_t block = std::clamp<int64_t>(32768 / s.in / tile, 1, 64) * tile, vectors = vectors_of(s.out).count();
  FloatBuffer buffer(buffer_size<T>(s.in, block));
  for (int64_t row = begin; row < end; row += block) {
    const int64_t rows = std::min(block, end - row);
    const FloatRows from = float_rows(x, s.in, row, row + rows, buffer);
    T* to = y + row * s.out;
    int64_t v = 0;
    for (; v + 2 <= vectors; v += 2) multiply_columns<2>(s, from, packed, bias, v, rows, to);
    if (v < vectors) multiply_columns<1>(s, from, packed, bias, v, rows, to);
  }
}

void Pack(int64_t in, int64_t out, const float* from, int64_t in_stride, int64_t out_stride, float* packed) {
  const Parts columns = vectors_of(out);
  const int64_t count = std::min(lanes, out);
  if (count < lanes) std::fill(packed, packed + in * lanes, 0.0F);
  for (int64_t v = 0; v < columns.count(); ++v, packed += in * lanes) {
    const float* first = from + columns.start(v) * out_stride;
    if (out_stride == 1) {
      for (int64_t i = 0; i < in; ++i) std::copy_n(first + i * in_stride, count, packed + i * lanes);
    } else {
      for (int64_t o = 0; o < count; ++o)
        for (int64_t i = 0; i < in; ++i) packed[i * lanes + o] = first[o * out_stride + i * in_stride];
    }
  }
}

void Multiply(const PointwiseShape& s, Element element, const void* x, const float* packed, const float* bias, void* y,
              int64_t begin, int64_t end) {
  with_type_of(element, [&](auto type) {
    using T = decltype(type);
    multiply_of(s, static_cast<const T*>(x), packed, bias, static_cast<T*>(y), begin, end);
  });
}

}  // namespace staircase::nn::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace staircase::nn::kernels {

HWY_EXPORT(Pack);
HWY_EXPORT(Multiply);

void pack_matrix(int64_t in, int64_t out, const float* from, int64_t in_stride, int64_t out_stride, float* packed) {
  HWY_DYNAMIC_DISPATCH(Pack)(in, out, from, in_stride, out_stride, packed);
}

void multiply_rows(const PointwiseShape& shape, Element element, const void* x, const float* packed, const float* bias,
                   void* y, int64_t begin, int64_t end) {
  HWY_DYNAMIC_DISPATCH(Multiply)(shape, element, x, packed, bias, y, begin, end);
}

}  // namespace staircase::nn::kernels
#endif
