#include "staircase/nn/kernels/adamw.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "staircase/nn/kernels/adamw.cpp"
#include <hwy/foreach_target.h>
//
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace staircase::nn::kernels::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

/// One vector of every array, at their beginnings. D may be of one lane, for what is left beside whole vectors.
template <class D>
HWY_INLINE void update(D d, const AdamWStep& s, const float* gradient, float* parameter, float* first, float* second) {
  const auto one = hn::Set(d, 1.0F);
  const auto g = hn::Mul(hn::LoadU(d, gradient), hn::Set(d, s.gradient_factor));
  const auto beta1 = hn::Set(d, s.beta1), beta2 = hn::Set(d, s.beta2);
  const auto m = hn::MulAdd(hn::LoadU(d, first), beta1, hn::Mul(g, hn::Sub(one, beta1)));
  const auto v = hn::MulAdd(hn::LoadU(d, second), beta2, hn::Mul(hn::Mul(g, g), hn::Sub(one, beta2)));
  const auto root = hn::Add(hn::Div(hn::Sqrt(v), hn::Set(d, s.root_correction)), hn::Set(d, s.epsilon));
  const auto kept = hn::Mul(hn::LoadU(d, parameter), hn::Set(d, s.keep));
  hn::StoreU(m, d, first);
  hn::StoreU(v, d, second);
  hn::StoreU(hn::NegMulAdd(hn::Set(d, s.step_size), hn::Div(m, root), kept), d, parameter);
}

void Update(const AdamWStep& step, const float* gradient, float* parameter, float* first, float* second,
            int64_t count) {
  const hn::CappedTag<float, 16> d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  int64_t i = 0;
  for (; i + lanes <= count; i += lanes) update(d, step, gradient + i, parameter + i, first + i, second + i);
  const hn::CappedTag<float, 1> single;
  for (; i < count; ++i) update(single, step, gradient + i, parameter + i, first + i, second + i);
}

}  // namespace staircase::nn::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace staircase::nn::kernels {

HWY_EXPORT(Update);

void adamw(const AdamWStep& step, const float* gradient, float* parameter, float* first_moment, float* second_moment,
           int64_t count) {
  HWY_DYNAMIC_DISPATCH(Update)(step, gradient, parameter, first_moment, second_moment, count);
}

}  // namespace staircase::nn::kernels
#endif
