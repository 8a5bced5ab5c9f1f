#include "staircase/nn/kernels/residual.h"

#include <limits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "staircase/nn/kernels/residual.cpp"
#include <hwy/foreach_target.h>
//
#include <hwy/highway.h>

#include "staircase/nn/kernels/folded_rows-inl.h"

HWY_BEFORE_NAMESPACE();
namespace staircase::nn::kernels::HWY_NAMESPACE {

float of_sample(const ResidualScale& scale, int64_t sample) { return scale.of_samples ? scale.of_samples[sample] : 1; }

/// step(first number, its phase, how many numbers, the sample's scale) over the numbers of the samples [begin, end).
template <class Step>
HWY_INLINE void over_samples(const ResidualShape& s, const ResidualScale& scale, int64_t begin, int64_t end,
                             const Step& step) {
  const int64_t size = s.positions * s.channels;
  for (int64_t sample = begin; sample < end; ++sample) {
    const auto factor = hn::Set(floats, of_sample(scale, sample));
    over_numbers(size, fold_of(s.channels),
                 [&](int64_t i, int64_t phase, int64_t n) { step(sample * size + i, phase, n, factor); });
  }
}

template <class T>
void forward_of(const ResidualShape& s, const T* shortcut, const T* branch, const ResidualScale& scale, bool relu, T* y,
                int64_t begin, int64_t end) {
  Folded of_channels(scale.of_channels, s.channels);
  // What ReLU makes 0: nothing is below minus infinity.
  const auto floor = hn::Set(floats, relu ? 0.0F : -std::numeric_limits<float>::infinity());
  over_samples(s, scale, begin, end, [&](int64_t i, int64_t phase, int64_t n, Vector<Floats> factor) {
    const auto by = hn::Mul(of_channels.at(phase), factor);
    const auto sum = hn::MulAdd(load_some(floats, branch + i, n), by, load_some(floats, shortcut + i, n));
    store_some(floats, hn::IfThenElse(hn::Lt(sum, floor), floor, sum), y + i, n);  // NaN stays
  });
}

template <class T>
void gradient_of(const ResidualShape& s, const T* dy, const T* y, const ResidualScale& scale, T* to, int64_t begin,
                 int64_t end) {
  Folded of_channels(scale.of_channels, s.channels);
  over_samples(s, scale, begin, end, [&](int64_t i, int64_t phase, int64_t n, Vector<Floats> factor) {
    auto gradient = load_some(floats, dy + i, n);
    if (y) gradient = hn::IfThenElseZero(hn::Gt(load_some(floats, y + i, n), hn::Zero(floats)), gradient);
    store_some(floats, hn::Mul(gradient, hn::Mul(of_channels.at(phase), factor)), to + i, n);
  });
}

template <class T>
void scale_gradient_of(const ResidualShape& s, const T* gradient, const T* branch, const ResidualScale& scale,
                       float* partial, int64_t begin, int64_t end) {
  const int64_t shares = residual_shares(s), size = s.positions * s.channels;
  FloatBuffer of_image(s.channels);
  for (int64_t share = begin; share < end; ++share) {
    float* sums = partial + share * s.channels;
    std::fill(sums, sums + s.channels, 0.0F);
    for (int64_t sample = share * s.samples / shares; sample < (share + 1) * s.samples / shares; ++sample) {
      const T *by = gradient + sample * size, *from = branch + sample * size;
      sum_over_rows<1>(
          size, s.channels,
          [&](int64_t i, int64_t, int64_t n, Vector<Floats>(&sum)[1]) {
            sum[0] = hn::MulAdd(load_some(floats, by + i, n), load_some(floats, from + i, n), sum[0]);
          },
          of_image.data());
      for (int64_t c = 0; c < s.channels; ++c) sums[c] += of_sample(scale, sample) * of_image.data()[c];
    }
  }
}

void Forward(const ResidualShape& s, Element element, const void* shortcut, const void* branch,
             const ResidualScale& scale, bool relu, void* y, int64_t begin, int64_t end) {
  with_type_of(element, [&](auto type) {
    using T = decltype(type);
    forward_of(s, static_cast<const T*>(shortcut), static_cast<const T*>(branch), scale, relu, static_cast<T*>(y),
               begin, end);
  });
}

void Gradient(const ResidualShape& s, Element element, const void* dy, const void* y, const ResidualScale& scale,
              void* to, int64_t begin, int64_t end) {
  with_type_of(element, [&](auto type) {
    using T = decltype(type);
    gradient_of(s, static_cast<const T*>(dy), static_cast<const T*>(y), scale, static_cast<T*>(to), begin, end);
  });
}

void ScaleGradient(const ResidualShape& s, Element element, const void* gradient, const void* branch,
                   const ResidualScale& scale, float* partial, int64_t begin, int64_t end) {
  with_type_of(element, [&](auto type) {
    using T = decltype(type);
    scale_gradient_of(s, static_cast<const T*>(gradient), static_cast<const T*>(branch), scale, partial, begin, end);
  });
}

}  // namespace staircase::nn::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace staircase::nn::kernels {

HWY_EXPORT(Forward);
HWY_EXPORT(Gradient);
HWY_EXPORT(ScaleGradient);

void residual_forward(const ResidualShape& shape, Element element, const void* shortcut, const void* branch,
                      const ResidualScale& scale, bool relu, void* y, int64_t begin, int64_t end) {
  HWY_DYNAMIC_DISPATCH(Forward)(shape, element, shortcut, branch, scale, relu, y, begin, end);
}

void residual_gradient(const ResidualShape& shape, Element element, const void* output_gradient, const void* y,
                       const ResidualScale& scale, void* to, int64_t begin, int64_t end) {
  HWY_DYNAMIC_DISPATCH(Gradient)(shape, element, output_gradient, y, scale, to, begin, end);
}

void residual_scale_gradient(const ResidualShape& shape, Element element, const void* gradient, const void* branch,
                             const ResidualScale& scale, float* partial, int64_t begin, int64_t end) {
  HWY_DYNAMIC_DISPATCH(ScaleGradient)(shape, element, gradient, branch, scale, partial, begin, end);
}

}  // namespace staircase::nn::kernels
#endif
