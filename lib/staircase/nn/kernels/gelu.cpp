#include "staircase/nn/kernels/gelu.h"

#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "staircase/nn/kernels/gelu.cpp"
#include <hwy/foreach_target.h>
//
#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

#include "staircase/nn/kernels/load_store-inl.h"

HWY_BEFORE_NAMESPACE();
namespace staircase::nn::kernels::HWY_NAMESPACE {

/// exp(-x^2 / 2) and Phi(-|x|), on which both directions stand.
struct Normal {
  Vector<Floats> bell, tail;
};

HWY_INLINE Normal normal(Vector<Floats> x) {
  constexpr float p = 0.21F;
  constexpr float coefficients[] = {0.0837115757F, 0.0850688573F, 0.0691921775F, 0.124872687F,  -0.0939250869F,
                                    0.349400798F,  -0.330253164F, 0.283588441F,  -0.0716562788F};
  const auto t = hn::Div(hn::Set(floats, 1), hn::MulAdd(hn::Set(floats, p), hn::Abs(x), hn::Set(floats, 1)));
  auto sum = hn::Set(floats, coefficients[8]);
  for (int i = 7; i >= 0; --i) sum = hn::MulAdd(sum, t, hn::Set(floats, coefficients[i]));
  const auto bell = hn::Exp(floats, hn::Mul(hn::Mul(x, x), hn::Set(floats, -0.5F)));
  return {bell, hn::Mul(bell, hn::Mul(sum, t))};
}

HWY_INLINE Vector<Floats> gelu(Vector<Floats> x, const Normal& n) {
  const auto small = hn::Mul(x, n.tail);
  return hn::IfThenElse(hn::Lt(x, hn::Zero(floats)), small, hn::Sub(x, small));
}

HWY_INLINE Vector<Floats> gelu_slope(Vector<Floats> x, const Normal& n) {
  constexpr float height = 0.398942280F;  // of the normal density at 0
  const auto below = hn::IfThenElse(hn::Lt(x, hn::Zero(floats)), n.tail, hn::Sub(hn::Set(floats, 1), n.tail));
  return hn::MulAdd(hn::Mul(x, hn::Set(floats, height)), n.bell, below);
}

/// to[i] = of(inputs[i]...) for every element; what is left beside whole vectors goes through a padded one.
template <class T, class Of, class... Inputs>
HWY_INLINE void transform(int64_t count, T* to, const Of& of, const Inputs*... inputs) {
  int64_t i = 0;
  for (; i + lanes <= count; i += lanes) store(floats, of(load(floats, inputs + i)...), to + i);
  if (i == count) return;
  const auto bytes = static_cast<size_t>(count - i) * sizeof(T);
  const auto padded = [&](const T* from) {
    alignas(64) T rest[lanes] = {};
    std::memcpy(rest, from + i, bytes);
    return load(floats, rest);
  };
  alignas(64) T rest[lanes];
  store(floats, of(padded(inputs)...), rest);
  std::memcpy(to + i, rest, bytes);
}

template <class T>
void forward_of(const void* x, void* y, int64_t count) {
  const auto of = [](Vector<Floats> at) { return gelu(at, normal(at)); };
  transform(count, static_cast<T*>(y), of, static_cast<const T*>(x));
}

template <class T>
void input_gradient_of(const void* x, const void* dy, void* dx, int64_t count) {
  const auto of = [](Vector<Floats> at, Vector<Floats> gradient) {
    return hn::Mul(gradient, gelu_slope(at, normal(at)));
  };
  transform(count, static_cast<T*>(dx), of, static_cast<const T*>(x), static_cast<const T*>(dy));
}

template <class T>
void again_of(const void* x, void* gradient, void* y, int64_t count) {
  const T* from = static_cast<const T*>(x);
  T *dy = static_cast<T*>(gradient), *to = static_cast<T*>(y);
  int64_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    const auto at = load(floats, from + i);
    const Normal n = normal(at);
    store(floats, gelu(at, n), to + i);
    store(floats, hn::Mul(load(floats, dy + i), gelu_slope(at, n)), dy + i);
  }
  forward_of<T>(from + i, to + i, count - i);
  input_gradient_of<T>(from + i, dy + i, dy + i, count - i);
}

void Forward(Element element, const void* x, void* y, int64_t count) {
  if (element == Element::float32) forward_of<float>(x, y, count);
  else forward_of<uint16_t>(x, y, count);
}

void InputGradient(Element element, const void* x, const void* dy, void* dx, int64_t count) {
  if (element == Element::float32) input_gradient_of<float>(x, dy, dx, count);
  else input_gradient_of<uint16_t>(x, dy, dx, count);
}

void Again(Element element, const void* x, void* gradient, void* y, int64_t count) {
  if (element == Element::float32) again_of<float>(x, gradient, y, count);
  else again_of<uint16_t>(x, gradient, y, count);
}

}  // namespace staircase::nn::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace staircase::nn::kernels {

HWY_EXPORT(Forward);
HWY_EXPORT(InputGradient);
HWY_EXPORT(Again);

void gelu_forward(Element element, const void* x, void* y, int64_t count) {
  HWY_DYNAMIC_DISPATCH(Forward)(element, x, y, count);
}

void gelu_input_gradient(Element element, const void* x, const void* output_gradient, void* input_gradient,
                         int64_t count) {
  HWY_DYNAMIC_DISPATCH(InputGradient)(element, x, output_gradient, input_gradient, count);
}

void gelu_again(Element element, const void* x, void* gradient, void* y, int64_t count) {
  HWY_DYNAMIC_DISPATCH(Again)(element, x, gradient, y, count);
}

}  // namespace staircase::nn::kernels
#endif
