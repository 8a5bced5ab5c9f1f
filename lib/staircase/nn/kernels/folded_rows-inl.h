// Rows of any number of channels as whole vectors. Included once for each instruction set.
#if defined(STAIRCASE_FOLDED_ROWS_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef STAIRCASE_FOLDED_ROWS_INL_H
#undef STAIRCASE_FOLDED_ROWS_INL_H
#else
#define STAIRCASE_FOLDED_ROWS_INL_H
#endif

#include <algorithm>

#include "staircase/nn/kernels/float_buffer.h"
#include "staircase/nn/kernels/load_store-inl.h"

HWY_BEFORE_NAMESPACE();
namespace staircase::nn::kernels::HWY_NAMESPACE {

/// Rows lie one behind the other: a few of them, a fold, are whole vectors. A number's phase is its place in its fold.
inline int64_t fold_of(int64_t channels) {
  int64_t fold = channels;
  while (fold % lanes != 0) fold += channels;
  return fold;
}

/// What belongs to the channels, or 1 where that is null, repeated over a fold.
class Folded {
 public:
  Folded(const float* of_channels, int64_t channels) : buffer_(fold_of(channels)) {
    for (float* to = buffer_.data(); to < buffer_.end(); to += channels)
      for (int64_t c = 0; c < channels; ++c) to[c] = of_channels ? of_channels[c] : 1.0F;
  }
  HWY_INLINE Vector<Floats> at(int64_t phase) { return hn::Load(floats, buffer_.data() + phase); }

 private:
  FloatBuffer buffer_;
};

/// step(first number, its phase, how many numbers) over `count` numbers that begin with a row.
template <class Step>
HWY_INLINE void over_numbers(int64_t count, int64_t fold, const Step& step) {
  for (int64_t start = 0; start < count; start += fold)
    for (int64_t i = start; i < std::min(start + fold, count); i += lanes)
      step(i, i - start, std::min(lanes, count - i));
}

/// `Vectors` vectors of a fold, from `phase` on: sums[s][phase...] = the sum of add(...)[s] over the folds.
template <int64_t Vectors, int64_t Sums, class Terms>
HWY_INLINE void sum_vectors(int64_t count, int64_t fold, int64_t phase, const Terms& terms, float* const (&to)[Sums]) {
  Vector<Floats> sums[Vectors][Sums];
  for (auto& of_vector : sums)
    for (auto& sum : of_vector) sum = hn::Zero(floats);
  int64_t i = phase;
  for (; i + Vectors * lanes <= count; i += fold)
    for (int64_t v = 0; v < Vectors; ++v) terms(i + v * lanes, phase + v * lanes, lanes, sums[v]);
  for (int64_t v = 0; v < Vectors; ++v)
    if (i + v * lanes < count) terms(i + v * lanes, phase + v * lanes, std::min(lanes, count - i - v * lanes), sums[v]);
  for (int64_t v = 0; v < Vectors; ++v)
    for (int64_t s = 0; s < Sums; ++s) hn::Store(sums[v][s], floats, to[s] + phase + v * lanes);
}

/// For each channel the sums over `count` numbers that begin with a row: terms(first number, its phase, how many
/// numbers, sums) adds to them, and must add 0 beyond the numbers. to: [Sums][channels].
template <int64_t Sums, class Terms>
void sum_over_rows(int64_t count, int64_t channels, const Terms& terms, float* to) {
  const int64_t fold = fold_of(channels);
  FloatBuffer buffer(Sums * fold);
  float* sums[Sums];
  for (int64_t s = 0; s < Sums; ++s) sums[s] = buffer.data() + s * fold;
  int64_t phase = 0;
  for (; phase + 4 * lanes <= fold; phase += 4 * lanes) sum_vectors<4>(count, fold, phase, terms, sums);
  switch ((fold - phase) / lanes) {
    case 3: sum_vectors<3>(count, fold, phase, terms, sums); break;
    case 2: sum_vectors<2>(count, fold, phase, terms, sums); break;
    case 1: sum_vectors<1>(count, fold, phase, terms, sums); break;
    default: break;
  }
  for (int64_t s = 0; s < Sums; ++s) {
    std::copy_n(sums[s], channels, to + s * channels);
    for (int64_t i = channels; i < fold; ++i) to[s * channels + i % channels] += sums[s][i];
  }
}

}  // namespace staircase::nn::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
