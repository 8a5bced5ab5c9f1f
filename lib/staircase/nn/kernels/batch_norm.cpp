#include "staircase/nn/kernels/batch_norm.h"

#include <type_traits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "staircase/nn/kernels/batch_norm.cpp"
#include <hwy/foreach_target.h>
//
#include <hwy/highway.h>

#include "staircase/nn/kernels/folded_rows-inl.h"

HWY_BEFORE_NAMESPACE();
namespace staircase::nn::kernels::HWY_NAMESPACE {

/// The numbers of a share.
struct Share {
  Share(const Rows& rows, int64_t share) {
    const int64_t shares = batch_norm_shares(rows);
    rows_in = (share + 1) * rows.count / shares - share * rows.count / shares;
    first = share * rows.count / shares * rows.channels;
    count = rows_in * rows.channels;
  }
  int64_t rows_in, first, count;
};

template <class T>
void moments_of(const Rows& rows, const T* x, float* partial, int64_t begin, int64_t end) {
  for (int64_t s = begin; s < end; ++s) {
    const Share share(rows, s);
    const T* from = x + share.first;
    float *mean = partial + 2 * s * rows.channels, *squares = mean + rows.channels;
    sum_over_rows<1>(
        share.count, rows.channels,
        [&](int64_t i, int64_t, int64_t n, Vector<Floats>(&sums)[1]) {
          sums[0] = hn::Add(sums[0], load_some(floats, from + i, n));
        },
        mean);
    for (int64_t c = 0; c < rows.channels; ++c) mean[c] /= static_cast<float>(share.rows_in);
    Folded means(mean, rows.channels);
    sum_over_rows<1>(
        share.count, rows.channels,
        [&](int64_t i, int64_t phase, int64_t n, Vector<Floats>(&sums)[1]) {
          const auto off = hn::Sub(load_some(floats, from + i, n), means.at(phase));
          const auto given = hn::IfThenElseZero(hn::FirstN(floats, static_cast<size_t>(n)), off);
          sums[0] = hn::MulAdd(given, given, sums[0]);
        },
        squares);
  }
}

/// A layer's channels over a fold.
struct FoldedChannels {
  FoldedChannels(const BatchNormChannels& c, int64_t channels)
      : mean(c.mean, channels), gain(c.gain, channels), bias(c.bias, channels) {}

  Folded mean, gain, bias;
};

template <bool Relu, class T>
void forward_of(const Rows& rows, const T* x, const BatchNormChannels& channels, T* y, int64_t begin, int64_t end) {
  FoldedChannels c(channels, rows.channels);
  for (int64_t s = begin; s < end; ++s) {
    const Share share(rows, s);
    const T* from = x + share.first;
    T* to = y + share.first;
    over_numbers(share.count, fold_of(rows.channels), [&](int64_t i, int64_t phase, int64_t n) {
      const auto off = hn::Sub(load_some(floats, from + i, n), c.mean.at(phase));
      auto value = hn::MulAdd(off, c.gain.at(phase), c.bias.at(phase));
      if constexpr (Relu) value = hn::IfThenZeroElse(hn::Lt(value, hn::Zero(floats)), value);  // NaN stays
      store_some(floats, value, to + i, n);
    });
  }
}

/// The gradient that ReLU lets through, where x is `off` above its mean.
template <bool Relu>
HWY_INLINE Vector<Floats> passed(FoldedChannels& c, int64_t phase, Vector<Floats> off, Vector<Floats> gradient) {
  if constexpr (!Relu) return gradient;
  const auto value = hn::MulAdd(off, c.gain.at(phase), c.bias.at(phase));
  return hn::IfThenElseZero(hn::Gt(value, hn::Zero(floats)), gradient);
}

template <bool Relu, class T>
void gradient_sums_of(const Rows& rows, const T* x, const T* dy, const BatchNormChannels& channels, float* partial,
                      int64_t begin, int64_t end) {
  FoldedChannels c(channels, rows.channels);
  for (int64_t s = begin; s < end; ++s) {
    const Share share(rows, s);
    const T *from = x + share.first, *by = dy + share.first;
    sum_over_rows<2>(
        share.count, rows.channels,
        [&](int64_t i, int64_t phase, int64_t n, Vector<Floats>(&sums)[2]) {
          const auto off = hn::Sub(load_some(floats, from + i, n), c.mean.at(phase));
          const auto g = passed<Relu>(c, phase, off, load_some(floats, by + i, n));  // 0 beyond the numbers
          sums[0] = hn::Add(sums[0], g);
          sums[1] = hn::MulAdd(g, off, sums[1]);
        },
        partial + 2 * s * rows.channels);
  }
}

template <bool Relu, class T>
void input_gradient_of(const Rows& rows, const T* x, const T* dy, const BatchNormChannels& channels,
                       const BatchNormFeedback& feedback, T* dx, int64_t begin, int64_t end) {
  FoldedChannels c(channels, rows.channels);
  Folded shift(feedback.shift, rows.channels), slope(feedback.slope, rows.channels);
  for (int64_t s = begin; s < end; ++s) {
    const Share share(rows, s);
    const T *from = x + share.first, *by = dy + share.first;
    T* to = dx + share.first;
    over_numbers(share.count, fold_of(rows.channels), [&](int64_t i, int64_t phase, int64_t n) {
      const auto off = hn::Sub(load_some(floats, from + i, n), c.mean.at(phase));
      const auto g = passed<Relu>(c, phase, off, load_some(floats, by + i, n));
      const auto rest = hn::NegMulAdd(off, slope.at(phase), hn::Sub(g, shift.at(phase)));
      store_some(floats, hn::Mul(rest, c.gain.at(phase)), to + i, n);
    });
  }
}

/// run(element, relu or not as a type).
template <class Run>
void choose(Element element, bool relu, const Run& run) {
  with_type_of(element, [&](auto type) {
    if (relu) run(type, std::true_type());
    else run(type, std::false_type());
  });
}

void Moments(const Rows& rows, Element element, const void* x, float* partial, int64_t begin, int64_t end) {
  if (element == Element::float32) moments_of(rows, static_cast<const float*>(x), partial, begin, end);
  else moments_of(rows, static_cast<const uint16_t*>(x), partial, begin, end);
}

void Forward(const Rows& rows, Element element, const void* x, const BatchNormChannels& channels, void* y,
             int64_t begin, int64_t end) {
  choose(element, channels.relu, [&](auto type, auto relu) {
    using T = decltype(type);
    forward_of<relu.value>(rows, static_cast<const T*>(x), channels, static_cast<T*>(y), begin, end);
  });
}

void GradientSums(const Rows& rows, Element element, const void* x, const void* dy, const BatchNormChannels& channels,
                  float* partial, int64_t begin, int64_t end) {
  choose(element, channels.relu, [&](auto type, auto relu) {
    using T = decltype(type);
    gradient_sums_of<relu.value>(rows, static_cast<const T*>(x), static_cast<const T*>(dy), channels, partial, begin,
                                 end);
  });
}

void InputGradient(const Rows& rows, Element element, const void* x, const void* dy, const BatchNormChannels& channels,
                   const BatchNormFeedback& feedback, void* dx, int64_t begin, int64_t end) {
  choose(element, channels.relu, [&](auto type, auto relu) {
    using T = decltype(type);
    input_gradient_of<relu.value>(rows, static_cast<const T*>(x), static_cast<const T*>(dy), channels, feedback,
                                  static_cast<T*>(dx), begin, end);
  });
}

}  // namespace staircase::nn::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace staircase::nn::kernels {

HWY_EXPORT(Moments);
HWY_EXPORT(Forward);
HWY_EXPORT(GradientSums);
HWY_EXPORT(InputGradient);

void batch_norm_moments(const Rows& rows, Element element, const void* x, float* partial, int64_t begin, int64_t end) {
  HWY_DYNAMIC_DISPATCH(Moments)(rows, element, x, partial, begin, end);
}

/// Means and squares of two parts of the rows as those of both. Source: Chan, Golub and LeVeque 1979.
void add_batch_norm_moments(const Rows& rows, const float* partial, float* mean, float* squares) {
  const int64_t shares = batch_norm_shares(rows);
  for (int64_t c = 0; c < rows.channels; ++c) {
    double all = 0, center = 0, sum = 0;
    for (int64_t s = 0; s < shares; ++s) {
      const float* share = partial + 2 * s * rows.channels + c;
      const auto count = static_cast<double>((s + 1) * rows.count / shares - s * rows.count / shares);
      const double off = share[0] - center;
      sum += share[rows.channels] + off * off * all * count / (all + count);
      all += count;
      center += off * count / all;
    }
    mean[c] = static_cast<float>(center);
    squares[c] = static_cast<float>(sum);
  }
}

void batch_norm_forward(const Rows& rows, Element element, const void* x, const BatchNormChannels& channels, void* y,
                        int64_t begin, int64_t end) {
  HWY_DYNAMIC_DISPATCH(Forward)(rows, element, x, channels, y, begin, end);
}

void batch_norm_gradient_sums(const Rows& rows, Element element, const void* x, const void* output_gradient,
                              const BatchNormChannels& channels, float* partial, int64_t begin, int64_t end) {
  HWY_DYNAMIC_DISPATCH(GradientSums)(rows, element, x, output_gradient, channels, partial, begin, end);
}

void add_batch_norm_sums(const Rows& rows, const float* partial, float* of_gradient, float* of_product) {
  for (int64_t c = 0; c < rows.channels; ++c) {
    of_gradient[c] = of_product[c] = 0;
    for (int64_t s = 0; s < batch_norm_shares(rows); ++s) {
      of_gradient[c] += partial[2 * s * rows.channels + c];
      of_product[c] += partial[(2 * s + 1) * rows.channels + c];
    }
  }
}

void batch_norm_input_gradient(const Rows& rows, Element element, const void* x, const void* output_gradient,
                               const BatchNormChannels& channels, const BatchNormFeedback& feedback,
                               void* input_gradient, int64_t begin, int64_t end) {
  HWY_DYNAMIC_DISPATCH(InputGradient)
  (rows, element, x, output_gradient, channels, feedback, input_gradient, begin, end);
}

}  // namespace staircase::nn::kernels
#endif
