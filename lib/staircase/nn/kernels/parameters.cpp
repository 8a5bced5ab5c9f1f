#include "staircase/nn/kernels/parameters.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "staircase/nn/kernels/parameters.cpp"
#include <hwy/foreach_target.h>
//
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace staircase::nn::kernels::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

/// Sums of a few thousand squares in float, added up in double.
double SumOfSquares(const float* numbers, int64_t count) {
  const hn::CappedTag<float, 16> d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  constexpr int64_t portion = 4096;
  double total = 0;
  for (int64_t start = 0; start < count; start += portion) {
    const int64_t end = std::min(start + portion, count);
    auto even = hn::Zero(d), odd = hn::Zero(d);
    int64_t i = start;
    for (; i + 2 * lanes <= end; i += 2 * lanes) {
      const auto first = hn::LoadU(d, numbers + i), second = hn::LoadU(d, numbers + i + lanes);
      even = hn::MulAdd(first, first, even);
      odd = hn::MulAdd(second, second, odd);
    }
    float sum = hn::GetLane(hn::SumOfLanes(d, hn::Add(even, odd)));
    for (; i < end; ++i) sum += numbers[i] * numbers[i];
    total += sum;
  }
  return total;
}

template <class D>
HWY_INLINE void move(D d, float decay, const float* value, float* average) {
  const auto taken = hn::Mul(hn::LoadU(d, value), hn::Set(d, 1.0F - decay));
  hn::StoreU(hn::MulAdd(hn::LoadU(d, average), hn::Set(d, decay), taken), d, average);
}

void MoveAverage(float decay, const float* value, float* average, int64_t count) {
  const hn::CappedTag<float, 16> d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  int64_t i = 0;
  for (; i + lanes <= count; i += lanes) move(d, decay, value + i, average + i);
  const hn::CappedTag<float, 1> single;
  for (; i < count; ++i) move(single, decay, value + i, average + i);
}

}  // namespace staircase::nn::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace staircase::nn::kernels {

HWY_EXPORT(SumOfSquares);
HWY_EXPORT(MoveAverage);

double sum_of_squares(const float* numbers, int64_t count) {
  return HWY_DYNAMIC_DISPATCH(SumOfSquares)(numbers, count);
}

void move_average(float decay, const float* value, float* average, int64_t count) {
  HWY_DYNAMIC_DISPATCH(MoveAverage)(decay, value, average, count);
}

}  // namespace staircase::nn::kernels
#endif
