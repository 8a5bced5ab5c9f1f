#include "staircase/data/resize_rows.h"

#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "staircase/data/resize_rows.cpp"
#include <hwy/foreach_target.h>
//
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace staircase::data::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using Pixel = hn::CappedTag<int32_t, 4>;
using Sums = hn::CappedTag<int32_t, 16>;
constexpr Pixel pixel;
constexpr Sums sums;
constexpr hn::Rebind<uint8_t, Pixel> pixel_bytes;
constexpr hn::Rebind<uint8_t, Sums> sum_bytes;
constexpr size_t lanes = hn::MaxLanes(sums);
static_assert(lanes <= row_slack);

HWY_INLINE auto one_half() { return hn::Set(sums, 1 << (weight_bits - 1)); }

template <class V>
HWY_INLINE void store_rounded(V sum, uint8_t* out) {
  hn::StoreU(hn::DemoteTo(sum_bytes, hn::ShiftRight<weight_bits>(sum)), sum_bytes, out);
}

void SpreadRows(const uint8_t* const rows[4], int width, int channels, FourRows* out) {
  const size_t step = static_cast<size_t>(channels), row_bytes = step * static_cast<size_t>(width);
  for (size_t r = 0; r < 4; ++r) {
    const auto spread = [&](const uint8_t* from, size_t x) {
      for (size_t c = 0; c < 4; c += hn::MaxLanes(pixel))
        hn::Store(hn::PromoteTo(pixel, hn::LoadU(pixel_bytes, from + c)), pixel, out[x].lanes + 4 * r + c);
    };
    size_t x = 0;
    for (; x * step + 4 <= row_bytes; ++x) spread(rows[r] + x * step, x);
    for (; x * step < row_bytes; ++x) {
      uint8_t last[4] = {};
      std::memcpy(last, rows[r] + x * step, row_bytes - x * step);
      spread(last, x);
    }
  }
}

void CombineColumns(const FourRows* spread, const Taps& taps, int channels, uint8_t* const out[4]) {
  uint8_t pixels[16];
  for (size_t i = 0; i < taps.first.size(); ++i) {
    const int32_t* weights = taps.of(static_cast<int>(i));
    const FourRows* from = spread + taps.first[i];
    for (size_t part = 0; part < 16; part += lanes) {
      auto sum = one_half();
      for (int t = 0; t < taps.count[i]; ++t)
        sum = hn::Add(sum, hn::Mul(hn::Load(sums, from[t].lanes + part), hn::Set(sums, weights[t])));
      store_rounded(sum, pixels + part);
    }
    const size_t at = i * static_cast<size_t>(channels);
    for (size_t r = 0; r < 4; ++r) std::memcpy(out[r] + at, pixels + 4 * r, 4);  // the next pixel goes over the fourth
  }
}

HWY_INLINE auto weighted(const uint8_t* from, int32_t weight) {
  return hn::Mul(hn::PromoteTo(sums, hn::LoadU(sum_bytes, from)), hn::Set(sums, weight));
}

void CombineRows(const uint8_t* rows, size_t stride, const int32_t* weights, int count, size_t row_bytes,
                 uint8_t* out) {
  size_t x = 0;
  for (; x + 4 * lanes <= row_bytes; x += 4 * lanes) {
    auto a = one_half(), b = a, c = a, d = a;
    const uint8_t* from = rows + x;
    for (int t = 0; t < count; ++t, from += stride) {
      a = hn::Add(a, weighted(from, weights[t]));
      b = hn::Add(b, weighted(from + lanes, weights[t]));
      c = hn::Add(c, weighted(from + 2 * lanes, weights[t]));
      d = hn::Add(d, weighted(from + 3 * lanes, weights[t]));
    }
    store_rounded(a, out + x);
    store_rounded(b, out + x + lanes);
    store_rounded(c, out + x + 2 * lanes);
    store_rounded(d, out + x + 3 * lanes);
  }
  for (; x < row_bytes; x += lanes) {
    auto sum = one_half();
    for (int t = 0; t < count; ++t)
      sum = hn::Add(sum, weighted(rows + static_cast<size_t>(t) * stride + x, weights[t]));
    store_rounded(sum, out + x);
  }
}

}  // namespace staircase::data::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace staircase::data {

HWY_EXPORT(SpreadRows);
HWY_EXPORT(CombineColumns);
HWY_EXPORT(CombineRows);

void spread_rows(const uint8_t* const rows[4], int width, int channels, FourRows* out) {
  HWY_DYNAMIC_DISPATCH(SpreadRows)(rows, width, channels, out);
}

void combine_columns(const FourRows* spread, const Taps& taps, int channels, uint8_t* const out[4]) {
  HWY_DYNAMIC_DISPATCH(CombineColumns)(spread, taps, channels, out);
}

void combine_rows(const uint8_t* rows, size_t stride, const int32_t* weights, int count, size_t row_bytes,
                  uint8_t* out) {
  HWY_DYNAMIC_DISPATCH(CombineRows)(rows, stride, weights, count, row_bytes, out);
}

}  // namespace staircase::data
#endif
