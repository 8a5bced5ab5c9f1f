#include "staircase/nn/kernels/grn.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "staircase/nn/kernels/grn.cpp"
#include <hwy/foreach_target.h>
//
#include <hwy/highway.h>

#include "staircase/nn/kernels/folded_rows-inl.h"

HWY_BEFORE_NAMESPACE();
namespace staircase::nn::kernels::HWY_NAMESPACE {

/// run(task, its sample, its first number, how many numbers) for the tasks [begin, end).
template <class Run>
HWY_INLINE void over_slices(const Images& s, int64_t begin, int64_t end, const Run& run) {
  const int64_t slices = grn_slices(s);
  for (int64_t task = begin; task < end; ++task) {
    const int64_t sample = task / slices, slice = task % slices;
    const int64_t first = slice * s.positions / slices, last = (slice + 1) * s.positions / slices;
    run(task, sample, (sample * s.positions + first) * s.channels, (last - first) * s.channels);
  }
}

template <class T>
void squares_of(const Images& s, const T* x, float* sums, int64_t begin, int64_t end) {
  over_slices(s, begin, end, [&](int64_t task, int64_t, int64_t first, int64_t count) {
    const auto add = [&](int64_t i, int64_t, int64_t n, Vector<Floats>(&sum)[1]) {
      const auto at = load_some(floats, x + first + i, n);
      sum[0] = hn::MulAdd(at, at, sum[0]);
    };
    sum_over_rows<1>(count, s.channels, add, sums + task * s.channels);
  });
}

template <class T>
void forward_of(const Images& s, const T* x, const float* factors, const float* bias, T* y, int64_t begin,
                int64_t end) {
  Folded offset(bias, s.channels);
  over_slices(s, begin, end, [&](int64_t, int64_t sample, int64_t first, int64_t count) {
    Folded factor(factors + sample * s.channels, s.channels);
    over_numbers(count, fold_of(s.channels), [&](int64_t i, int64_t phase, int64_t n) {
      const auto at = load_some(floats, x + first + i, n);
      store_some(floats, hn::MulAdd(at, factor.at(phase), offset.at(phase)), y + first + i, n);
    });
  });
}

template <class T>
void gradient_sums_of(const Images& s, const T* x, const T* dy, float* sums, int64_t begin, int64_t end) {
  over_slices(s, begin, end, [&](int64_t task, int64_t, int64_t first, int64_t count) {
    const auto add = [&](int64_t i, int64_t, int64_t n, Vector<Floats>(&sum)[2]) {
      const auto gradient = load_some(floats, dy + first + i, n);
      sum[0] = hn::MulAdd(gradient, load_some(floats, x + first + i, n), sum[0]);
      sum[1] = hn::Add(gradient, sum[1]);
    };
    sum_over_rows<2>(count, s.channels, add, sums + 2 * task * s.channels);
  });
}

template <class T>
void input_gradient_of(const Images& s, const T* x, const T* dy, const float* factors, const float* slopes, T* to,
                       int64_t begin, int64_t end) {
  over_slices(s, begin, end, [&](int64_t, int64_t sample, int64_t first, int64_t count) {
    Folded factor(factors + sample * s.channels, s.channels), slope(slopes + sample * s.channels, s.channels);
    over_numbers(count, fold_of(s.channels), [&](int64_t i, int64_t phase, int64_t n) {
      const auto through_x = hn::Mul(load_some(floats, x + first + i, n), slope.at(phase));
      store_some(floats, hn::MulAdd(load_some(floats, dy + first + i, n), factor.at(phase), through_x), to + first + i,
                 n);
    });
  });
}

void Squares(const Images& s, Element element, const void* x, float* sums, int64_t begin, int64_t end) {
  with_type_of(element, [&](auto type) {
    using T = decltype(type);
    squares_of(s, static_cast<const T*>(x), sums, begin, end);
  });
}

void Forward(const Images& s, Element element, const void* x, const float* factors, const float* bias, void* y,
             int64_t begin, int64_t end) {
  with_type_of(element, [&](auto type) {
    using T = decltype(type);
    forward_of(s, static_cast<const T*>(x), factors, bias, static_cast<T*>(y), begin, end);
  });
}

void GradientSums(const Images& s, Element element, const void* x, const void* dy, float* sums, int64_t begin,
                  int64_t end) {
  with_type_of(element, [&](auto type) {
    using T = decltype(type);
    gradient_sums_of(s, static_cast<const T*>(x), static_cast<const T*>(dy), sums, begin, end);
  });
}

void InputGradient(const Images& s, Element element, const void* x, const void* dy, const float* factors,
                   const float* slopes, void* to, int64_t begin, int64_t end) {
  with_type_of(element, [&](auto type) {
    using T = decltype(type);
    input_gradient_of(s, static_cast<const T*>(x), static_cast<const T*>(dy), factors, slopes, static_cast<T*>(to),
                      begin, end);
  });
}

}  // namespace staircase::nn::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace staircase::nn::kernels {

HWY_EXPORT(Squares);
HWY_EXPORT(Forward);
HWY_EXPORT(GradientSums);
HWY_EXPORT(InputGradient);

void grn_squares(const Images& images, Element element, const void* x, float* sums, int64_t begin, int64_t end) {
  HWY_DYNAMIC_DISPATCH(Squares)(images, element, x, sums, begin, end);
}

void grn_forward(const Images& images, Element element, const void* x, const float* factors, const float* bias, void* y,
                 int64_t begin, int64_t end) {
  HWY_DYNAMIC_DISPATCH(Forward)(images, element, x, factors, bias, y, begin, end);
}

void grn_gradient_sums(const Images& images, Element element, const void* x, const void* output_gradient, float* sums,
                       int64_t begin, int64_t end) {
  HWY_DYNAMIC_DISPATCH(GradientSums)(images, element, x, output_gradient, sums, begin, end);
}

void grn_input_gradient(const Images& images, Element element, const void* x, const void* output_gradient,
                        const float* factors, const float* slopes, void* input_gradient, int64_t begin, int64_t end) {
  HWY_DYNAMIC_DISPATCH(InputGradient)
  (images, element, x, output_gradient, factors, slopes, input_gradient, begin, end);
}

}  // namespace staircase::nn::kernels
#endif
