// Vectors of float from and to memory that holds float or bfloat16. Included once for each instruction set.
#if defined(STAIRCASE_LOAD_STORE_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef STAIRCASE_LOAD_STORE_INL_H
#undef STAIRCASE_LOAD_STORE_INL_H
#else
#define STAIRCASE_LOAD_STORE_INL_H
#endif

#include <cstdint>
#include <cstring>

#include <hwy/highway.h>

#include "staircase/nn/kernels/element.h"

HWY_BEFORE_NAMESPACE();
namespace staircase::nn::kernels::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

template <class D>
using Vector = hn::Vec<D>;

/// What most kernels calculate with: as wide as the machine has it, up to 16 numbers.
using Floats = hn::CappedTag<float, 16>;
constexpr Floats floats;
constexpr int64_t lanes = static_cast<int64_t>(hn::MaxLanes(floats));

/// run(a number of the element's type).
template <class Run>
void with_type_of(Element element, const Run& run) {
  if (element == Element::float32) run(float());
  else run(uint16_t());
}

template <class D>
HWY_INLINE Vector<D> load(D d, const float* from) {
  return hn::LoadU(d, from);
}

/// The upper half of a float is a bfloat16.
template <class D>
HWY_INLINE Vector<D> load(D d, const uint16_t* from) {
  const hn::Rebind<uint16_t, D> half;
  const hn::Rebind<uint32_t, D> whole;
  return hn::BitCast(d, hn::ShiftLeft<16>(hn::PromoteTo(whole, hn::LoadU(half, from))));
}

template <class D>
HWY_INLINE void store(D d, Vector<D> value, float* to) {
  hn::StoreU(value, d, to);
}

/// Rounds to the nearest bfloat16, ties to even; NaN stays NaN.
template <class D>
HWY_INLINE void store(D /*floats*/, Vector<D> value, uint16_t* to) {
  const hn::Rebind<uint16_t, D> half;
  const hn::Rebind<uint32_t, D> whole;
  const hn::Rebind<int32_t, D> integers;
  const auto bits = hn::BitCast(whole, value);
  const auto odd = hn::And(hn::ShiftRight<16>(bits), hn::Set(whole, 1));
  const auto rounded = hn::ShiftRight<16>(hn::Add(bits, hn::Add(odd, hn::Set(whole, 0x7FFF))));
  const auto nan = hn::RebindMask(whole, hn::IsNaN(value));
  const auto kept = hn::IfThenElse(nan, hn::Set(whole, 0x7FC0), rounded);
  hn::StoreU(hn::DemoteTo(half, hn::BitCast(integers, kept)), half, to);
}

/// The first `count` lanes, and 0 in the others.
template <class D, class T>
HWY_INLINE Vector<D> load_some(D d, const T* from, int64_t count) {
  if (count >= static_cast<int64_t>(hn::Lanes(d))) return load(d, from);
  alignas(64) T padded[hn::MaxLanes(d)] = {};
  std::memcpy(padded, from, static_cast<size_t>(count) * sizeof(T));
  return load(d, padded);
}

template <class D, class T>
HWY_INLINE void store_some(D d, Vector<D> value, T* to, int64_t count) {
  if (count >= static_cast<int64_t>(hn::Lanes(d))) return store(d, value, to);
  alignas(64) T padded[hn::MaxLanes(d)];
  store(d, value, padded);
  std::memcpy(to, padded, static_cast<size_t>(count) * sizeof(T));
}

}  // namespace staircase::nn::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
