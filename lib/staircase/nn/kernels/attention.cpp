#include "staircase/nn/kernels/attention.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "staircase/nn/kernels/attention.cpp"
#include <hwy/foreach_target.h>
//
#include <hwy/highway.h>

#include "staircase/nn/kernels/attention_head-inl.h"

HWY_BEFORE_NAMESPACE();
namespace staircase::nn::kernels::HWY_NAMESPACE {

/// A row's sum of exp(score - largest), and the largest.
struct RowSum {
  float sum, largest;
};

/// Turns a query's scores into exp(score - largest), and those beyond the keys into 0.
HWY_INLINE RowSum exponentials(const HeadSizes& z, const ScoreTerms& terms, int64_t query, float* scores) {
  const auto lowest = hn::Set(floats, -1e37F);
  auto most = lowest;
  for (int64_t c = 0; c < z.length; c += lanes) {
    const int64_t n = std::min(lanes, z.length - c);
    auto score = terms.with(hn::Load(floats, scores + c), query, c);
    if (n < lanes) score = hn::IfThenElse(hn::FirstN(floats, static_cast<size_t>(n)), score, lowest);
    hn::Store(score, floats, scores + c);
    most = hn::Max(most, score);
  }
  const auto largest = hn::MaxOfLanes(floats, most);
  auto sum = hn::Zero(floats);
  for (int64_t c = 0; c < z.length; c += lanes) {
    const auto e = exponential(hn::Sub(hn::Load(floats, scores + c), largest));
    hn::Store(e, floats, scores + c);
    sum = hn::Add(sum, e);
  }
  return {hn::GetLane(hn::SumOfLanes(floats, sum)), hn::GetLane(largest)};
}

/// log_sums: the largest scores become logarithms of whole sums; shares: the sums become what a row is multiplied with.
HWY_INLINE void finish_sums(int64_t count, float* log_sums, float* shares) {
  for (int64_t r = 0; r < count; r += lanes) {
    const int64_t n = std::min(lanes, count - r);
    const auto sum = hn::Load(floats, shares + r);
    store_some(floats, hn::Add(load_some(floats, log_sums + r, n), hn::Log(floats, sum)), log_sums + r, n);
    hn::Store(hn::Div(hn::Set(floats, 1.0F), sum), floats, shares + r);
  }
}

/// Memory for one head at a time.
struct ForwardHead {
  explicit ForwardHead(const HeadSizes& z)
      : queries(z.rows * z.row_stride),
        other(z.rows * z.row_stride),
        keys(z.score_stride * z.width),
        values(z.length * z.row_stride),
        scores(z.block * z.score_stride),
        mixed(z.block * z.row_stride),
        shares(whole(z.block, lanes)),
        regions(z.score_stride) {}

  FloatBuffer queries, other, keys, values, scores, mixed, shares, regions;
};

template <class T>
void run_head(const AttentionShape& s, const HeadSizes& z, const T* qkv, const AttentionWindows& w, int64_t window,
              int64_t head, ForwardHead& h, T* y, float* log_sums) {
  const HeadPlace from = place_of(s, w, window, head, 3), to = place_of(s, w, window, head, 1);
  read_rows(z, qkv, from, 0, score_scale(s), h.queries.data());
  read_rows(z, qkv, from, 1, 1.0F, h.other.data());
  pack_turned(z, h.other.data(), h.keys.data());
  read_rows(z, qkv, from, 2, 1.0F, h.other.data());
  pack_rows(z, h.other.data(), h.values.data());
  const ScoreTerms terms = terms_of(s, w, window, head, h.regions.data());
  for (int64_t first = 0; first < z.length; first += z.block) {
    const int64_t count = std::min(z.block, z.length - first), rows = whole(count, tile);
    const FloatRows queries{h.queries.data() + first * z.row_stride, z.row_stride};
    multiply(queries, rows, h.keys.data(), z.width, z.score_vectors(), h.scores.data(), z.score_stride);
    for (int64_t r = 0; r < count; ++r) {
      const RowSum row = exponentials(z, terms, first + r, h.scores.data() + r * z.score_stride);
      log_sums[first + r] = row.largest;
      h.shares.data()[r] = row.sum;
    }
    finish_sums(count, log_sums + first, h.shares.data());
    multiply({h.scores.data(), z.score_stride}, rows, h.values.data(), z.length, z.row_vectors(), h.mixed.data(),
             z.row_stride);
    write_rows(
        z, h.mixed.data(), to, first, count, [&](int64_t r) { return h.shares.data()[r]; }, y);
  }
}

template <class T>
void forward_of(const AttentionShape& s, const T* qkv, const AttentionWindows& w, T* y, float* log_sums, int64_t begin,
                int64_t end) {
  const HeadSizes z(s);
  ForwardHead memory(z);
  for (int64_t task = begin; task < end; ++task)
    run_head(s, z, qkv, w, task / s.heads, task % s.heads, memory, y, log_sums + task * s.length);
}

void Forward(const AttentionShape& s, Element element, const void* qkv, const AttentionWindows& w, void* y,
             float* log_sums, int64_t begin, int64_t end) {
  with_type_of(element, [&](auto type) {
    using T = decltype(type);
    forward_of(s, static_cast<const T*>(qkv), w, static_cast<T*>(y), log_sums, begin, end);
  });
}

}  // namespace staircase::nn::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace staircase::nn::kernels {

HWY_EXPORT(Forward);

void attention_forward(const AttentionShape& shape, Element element, const void* qkv, const AttentionWindows& windows,
                       void* y, float* log_sums, int64_t begin, int64_t end) {
  HWY_DYNAMIC_DISPATCH(Forward)(shape, element, qkv, windows, y, log_sums, begin, end);
}

}  // namespace staircase::nn::kernels
#endif
