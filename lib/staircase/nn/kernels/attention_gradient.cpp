#include "staircase/nn/kernels/attention.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "staircase/nn/kernels/attention_gradient.cpp"
#include <hwy/foreach_target.h>
//
#include <hwy/highway.h>

#include "staircase/nn/kernels/attention_head-inl.h"

HWY_BEFORE_NAMESPACE();
namespace staircase::nn::kernels::HWY_NAMESPACE {

/// Sums over queries for a row of each key: [tile of rows][vector][tile][lanes], as add_products has them.
class RowSums {
 public:
  explicit RowSums(const HeadSizes& z) : sizes_(z), sums_(z.rows * z.row_stride) {}

  void clear() { sums_.clear(); }

  /// += scores^T x for `count` queries.
  HWY_INLINE void add(const float* scores, const float* x, int64_t count) {
    float* to = sums_.data();
    for (int64_t j = 0; j < sizes_.rows; j += tile) {
      const FloatRows of_keys{scores + j, sizes_.score_stride}, from{x, sizes_.row_stride};
      int64_t v = 0;
      for (; v + 2 <= sizes_.row_vectors(); v += 2, to += 2 * tile * lanes)
        add_products<tile, 2>(from, of_keys, {v * lanes, (v + 1) * lanes}, count, to);
      if (v < sizes_.row_vectors()) {
        add_products<tile, 1>(from, of_keys, {v * lanes}, count, to);
        to += tile * lanes;
      }
    }
  }

  template <class T>
  HWY_INLINE void write(const HeadPlace& place, int64_t part, T* to) {
    for (int64_t i = 0; i < sizes_.length; ++i) {
      const float* from = sums_.data() + i / tile * tile * sizes_.row_stride + i % tile * lanes;
      for (int64_t c = 0; c < sizes_.width; c += lanes)
        store_some(floats, hn::Load(floats, from + c * tile), to + place.at(i, part) + c,
                   std::min(lanes, sizes_.width - c));
    }
  }

 private:
  const HeadSizes& sizes_;
  FloatBuffer sums_;
};

/// Memory for one head at a time.
struct GradientHead {
  explicit GradientHead(const HeadSizes& z)
      : queries(z.rows * z.row_stride),
        gradients(z.rows * z.row_stride),
        other(z.rows * z.row_stride),
        keys(z.length * z.row_stride),
        turned_keys(z.score_stride * z.width),
        turned_values(z.score_stride * z.width),
        weights(z.block * z.score_stride),
        of_scores(z.block * z.score_stride),
        of_queries(z.block * z.row_stride),
        regions(z.score_stride),
        of_keys(z),
        of_values(z) {}

  FloatBuffer queries, gradients, other, keys, turned_keys, turned_values, weights, of_scores, of_queries, regions;
  RowSums of_keys, of_values;
};

/// A query's scores become its weights, and their gradient, of the weights at first, becomes that of the scores:
/// weight * (gradient - the sum of weight * gradient).
HWY_INLINE void through_softmax(const HeadSizes& z, const ScoreTerms& terms, int64_t query, float log_sum,
                                float* scores, float* gradient, float* bias_sums) {
  auto sum = hn::Zero(floats);
  for (int64_t c = 0; c < z.length; c += lanes) {
    const int64_t n = std::min(lanes, z.length - c);
    const auto score = terms.with(hn::Load(floats, scores + c), query, c);
    auto weight = exponential(hn::Sub(score, hn::Set(floats, log_sum)));
    if (n < lanes) weight = hn::IfThenElseZero(hn::FirstN(floats, static_cast<size_t>(n)), weight);
    hn::Store(weight, floats, scores + c);
    sum = hn::MulAdd(weight, hn::Load(floats, gradient + c), sum);
  }
  const auto total = hn::SumOfLanes(floats, sum);
  float* sums = bias_sums ? bias_sums + query * terms.stride : nullptr;
  for (int64_t c = 0; c < z.length; c += lanes) {
    const auto g = hn::Mul(hn::Load(floats, scores + c), hn::Sub(hn::Load(floats, gradient + c), total));
    hn::Store(g, floats, gradient + c);
    if (sums) hn::StoreU(hn::Add(hn::LoadU(floats, sums + c), g), floats, sums + c);
  }
}

template <class T>
void read_head(const AttentionShape& s, const HeadSizes& z, const T* qkv, const T* dy, const AttentionWindows& w,
               int64_t window, int64_t head, GradientHead& h) {
  const HeadPlace from = place_of(s, w, window, head, 3);
  read_rows(z, dy, place_of(s, w, window, head, 1), 0, 1.0F, h.gradients.data());
  read_rows(z, qkv, from, 0, score_scale(s), h.queries.data());
  read_rows(z, qkv, from, 1, 1.0F, h.other.data());
  pack_rows(z, h.other.data(), h.keys.data());
  pack_turned(z, h.other.data(), h.turned_keys.data());
  read_rows(z, qkv, from, 2, 1.0F, h.other.data());
  pack_turned(z, h.other.data(), h.turned_values.data());
  h.of_keys.clear();
  h.of_values.clear();
}

template <class T>
void run_head(const AttentionShape& s, const HeadSizes& z, const T* qkv, const T* dy, const AttentionWindows& w,
              int64_t window, int64_t head, const float* log_sums, GradientHead& h, T* to, float* bias_sums) {
  const HeadPlace place = place_of(s, w, window, head, 3);
  read_head(s, z, qkv, dy, w, window, head, h);
  const ScoreTerms terms = terms_of(s, w, window, head, h.regions.data());
  for (int64_t first = 0; first < z.length; first += z.block) {
    const int64_t count = std::min(z.block, z.length - first), rows = whole(count, tile);
    const float *queries = h.queries.data() + first * z.row_stride,
                *dy_rows = h.gradients.data() + first * z.row_stride;
    float *weights = h.weights.data(), *of_scores = h.of_scores.data();
    multiply({queries, z.row_stride}, rows, h.turned_keys.data(), z.width, z.score_vectors(), weights, z.score_stride);
    multiply({dy_rows, z.row_stride}, rows, h.turned_values.data(), z.width, z.score_vectors(), of_scores,
             z.score_stride);
    for (int64_t r = 0; r < count; ++r)
      through_softmax(z, terms, first + r, log_sums[first + r], weights + r * z.score_stride,
                      of_scores + r * z.score_stride, bias_sums);
    h.of_values.add(weights, dy_rows, count);
    h.of_keys.add(of_scores, queries, count);
    multiply({of_scores, z.score_stride}, rows, h.keys.data(), z.length, z.row_vectors(), h.of_queries.data(),
             z.row_stride);
    write_rows(
        z, h.of_queries.data(), place, first, count, [&](int64_t) { return score_scale(s); }, to);
  }
  h.of_keys.write(place, 1, to);
  h.of_values.write(place, 2, to);
}

template <class T>
void gradients_of(const AttentionShape& s, const T* qkv, const T* dy, const AttentionWindows& w, const float* log_sums,
                  T* to, float* bias_sums, int64_t begin, int64_t end) {
  const HeadSizes z(s);
  GradientHead memory(z);
  const int64_t shares = attention_shares(s, w.bias != nullptr), table = s.length * s.bias_stride();
  for (int64_t task = begin; task < end; ++task) {
    const int64_t share = task / s.heads, head = task % s.heads;
    float* sums = w.bias ? bias_sums + task * table : nullptr;
    if (sums) std::fill_n(sums, table, 0.0F);
    for (int64_t i = share * s.all_windows() / shares; i < (share + 1) * s.all_windows() / shares; ++i)
      run_head(s, z, qkv, dy, w, i, head, log_sums + (i * s.heads + head) * s.length, memory, to, sums);
  }
}

void Gradients(const AttentionShape& s, Element element, const void* qkv, const void* dy, const AttentionWindows& w,
               const float* log_sums, void* to, float* bias_sums, int64_t begin, int64_t end) {
  with_type_of(element, [&](auto type) {
    using T = decltype(type);
    gradients_of(s, static_cast<const T*>(qkv), static_cast<const T*>(dy), w, log_sums, static_cast<T*>(to), bias_sums,
                 begin, end);
  });
}

}  // namespace staircase::nn::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace staircase::nn::kernels {

HWY_EXPORT(Gradients);

void attention_gradients(const AttentionShape& shape, Element element, const void* qkv, const void* output_gradient,
                         const AttentionWindows& windows, const float* log_sums, void* qkv_gradient, float* bias_sums,
                         int64_t begin, int64_t end) {
  HWY_DYNAMIC_DISPATCH(Gradients)
  (shape, element, qkv, output_gradient, windows, log_sums, qkv_gradient, bias_sums, begin, end);
}

}  // namespace staircase::nn::kernels
#endif
