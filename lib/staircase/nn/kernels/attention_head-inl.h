// One head of one window in memory that products can take as it is. Included once for each instruction set.
#if defined(STAIRCASE_ATTENTION_HEAD_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef STAIRCASE_ATTENTION_HEAD_INL_H
#undef STAIRCASE_ATTENTION_HEAD_INL_H
#else
#define STAIRCASE_ATTENTION_HEAD_INL_H
#endif

#include <algorithm>
#include <cmath>

#include <hwy/contrib/math/math-inl.h>

#include "staircase/nn/kernels/attention.h"
#include "staircase/nn/kernels/pointwise_tiles-inl.h"

HWY_BEFORE_NAMESPACE();
namespace staircase::nn::kernels::HWY_NAMESPACE {

constexpr int64_t whole(int64_t count, int64_t unit) { return (count + unit - 1) / unit * unit; }

inline float score_scale(const AttentionShape& s) { return 1.0F / std::sqrt(static_cast<float>(s.width)); }

/// Sizes of a head's matrices, in whole tiles and vectors: what lies beyond the numbers is 0.
struct HeadSizes {
  explicit HeadSizes(const AttentionShape& s)
      : length(s.length),
        width(s.width),
        rows(whole(s.length, tile)),
        row_stride(whole(s.width, lanes)),
        score_stride(whole(rows, lanes)) {
    // Rows of scores that stay in the first cache.
    block = std::min(rows, std::max<int64_t>(1, 8192 / score_stride / tile) * tile);
  }
  int64_t row_vectors() const { return row_stride / lanes; }
  int64_t score_vectors() const { return score_stride / lanes; }

  int64_t length, width;
  int64_t rows;          ///< of queries and of what is added up for keys and values
  int64_t row_stride;    ///< floats from one row of queries to the next
  int64_t score_stride;  ///< from one row of scores to the next
  int64_t block;         ///< rows of scores at a time
};

/// Where a head's numbers lie: row i of `part` (0: queries or all there is, 1: keys, 2: values) starts at
/// first + row(i) * stride + part * channels.
struct HeadPlace {
  int64_t first, stride, channels;
  const int32_t* rows;

  int64_t at(int64_t i, int64_t part) const { return first + (rows ? rows[i] : i) * stride + part * channels; }
};

/// parts: 3 for qkv, 1 for y.
inline HeadPlace place_of(const AttentionShape& s, const AttentionWindows& w, int64_t window, int64_t head,
                          int64_t parts) {
  const int64_t stride = parts * s.channels(), of_image = window % s.windows();
  const int64_t start = window / s.windows() * s.positions + (w.rows ? 0 : of_image * s.length);
  return {start * stride + head * s.width, stride, s.channels(), w.rows ? w.rows + of_image * s.length : nullptr};
}

/// to: [length][row_stride].
template <class T>
HWY_INLINE void read_rows(const HeadSizes& z, const T* from, const HeadPlace& place, int64_t part, float scale,
                          float* to) {
  const auto factor = hn::Set(floats, scale);
  for (int64_t i = 0; i < z.length; ++i, to += z.row_stride) {
    const T* row = from + place.at(i, part);
    for (int64_t c = 0; c < z.width; c += lanes)
      hn::Store(hn::Mul(load_some(floats, row + c, std::min(lanes, z.width - c)), factor), floats, to + c);
  }
}

/// Puts `count` rows, each times scale(row), where those of part 0 from `first` on lie.
template <class T, class Scale>
HWY_INLINE void write_rows(const HeadSizes& z, const float* from, const HeadPlace& place, int64_t first, int64_t count,
                           const Scale& scale, T* to) {
  for (int64_t r = 0; r < count; ++r, from += z.row_stride)
    for (int64_t c = 0; c < z.width; c += lanes)
      store_some(floats, hn::Mul(hn::Load(floats, from + c), hn::Set(floats, scale(r))),
                 to + place.at(first + r, 0) + c, std::min(lanes, z.width - c));
}

/// rows: [length][row_stride] -> packed as multiply_tile reads a (length, width) matrix: [vector of width][length][lanes].
HWY_INLINE void pack_rows(const HeadSizes& z, const float* rows, float* packed) {
  for (int64_t v = 0; v < z.row_vectors(); ++v)
    for (int64_t i = 0; i < z.length; ++i, packed += lanes)
      hn::Store(hn::Load(floats, rows + i * z.row_stride + v * lanes), floats, packed);
}

/// The same of the (width, length) matrix: [vector of scores][width][lanes].
HWY_INLINE void pack_turned(const HeadSizes& z, const float* rows, float* packed) {
  for (int64_t i = 0; i < z.length; ++i, rows += z.row_stride) {
    float* to = packed + i / lanes * z.width * lanes + i % lanes;
    for (int64_t c = 0; c < z.width; ++c) to[c * lanes] = rows[c];
  }
}

/// y = x * matrix for `rows` rows, in whole tiles; columns in `vectors` vectors.
HWY_INLINE void multiply(const FloatRows& x, int64_t rows, const float* packed, int64_t in, int64_t vectors, float* y,
                         int64_t y_stride) {
  const auto columns = [&]<int64_t Vectors>(int64_t v) {
    for (int64_t row = 0; row < rows; row += tile) {
      Vector<Floats> sums[tile][Vectors];
      for (auto& of_row : sums)
        for (auto& sum : of_row) sum = hn::Zero(floats);
      multiply_tile<tile, Vectors>({x.data + row * x.stride, x.stride}, packed + v * in * lanes, in, sums);
      for (int64_t r = 0; r < tile; ++r)
        for (int64_t k = 0; k < Vectors; ++k) hn::Store(sums[r][k], floats, y + (row + r) * y_stride + (v + k) * lanes);
    }
  };
  int64_t v = 0;
  for (; v + 2 <= vectors; v += 2) columns.template operator()<2>(v);
  if (v < vectors) columns.template operator()<1>(v);
}

/// NaN stays NaN, which the library's makes 0. What would be a denormal is 0: processors take a hundred cycles for each
/// product of one, and windows that are rolled have many, exp(-100).
HWY_INLINE Vector<Floats> exponential(Vector<Floats> x) {
  const auto no_number = hn::IfThenElseZero(hn::IsNaN(x), x);
  return hn::IfThenElse(hn::Ge(x, hn::Set(floats, -87.0F)), hn::Exp(floats, x), no_number);
}

/// What is added to the scores of one head of one window.
struct ScoreTerms {
  const float* bias;     ///< [length][stride], or null
  const float* regions;  ///< [score_stride], or null
  int64_t stride;

  /// Of a query and a vector of keys from c on.
  HWY_INLINE Vector<Floats> with(Vector<Floats> score, int64_t query, int64_t c) const {
    if (bias) score = hn::Add(score, hn::LoadU(floats, bias + query * stride + c));
    if (!regions) return score;
    const auto other = hn::Ne(hn::Load(floats, regions + c), hn::Set(floats, regions[query]));
    return hn::Sub(score, hn::IfThenElseZero(other, hn::Set(floats, 100.0F)));
  }
};

/// The regions of a window as floats, or null where it has one. buffer: [score_stride].
inline const float* regions_of(const AttentionShape& s, const AttentionWindows& w, int64_t window, float* buffer) {
  if (!w.regions) return nullptr;
  const int32_t* from = w.regions + window % s.windows() * s.length;
  if (std::all_of(from, from + s.length, [&](int32_t region) { return region == from[0]; })) return nullptr;
  for (int64_t i = 0; i < s.length; ++i) buffer[i] = static_cast<float>(from[i]);
  return buffer;
}

inline ScoreTerms terms_of(const AttentionShape& s, const AttentionWindows& w, int64_t window, int64_t head,
                           float* buffer) {
  const int64_t stride = s.bias_stride();
  return {w.bias ? w.bias + head * s.length * stride : nullptr, regions_of(s, w, window, buffer), stride};
}

}  // namespace staircase::nn::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
