#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <type_traits>
#include <vector>

#include <hwy/targets.h>

#include "staircase/nn/kernels/element.h"
#include "support/catch.h"

/// What the tests of kernels share.
namespace staircase::tests {

using Floats = std::vector<float>;

inline Floats random_floats(int64_t count, unsigned seed) {
  std::mt19937 engine(seed);
  std::normal_distribution<float> normal;
  Floats floats(static_cast<size_t>(count));
  for (float& each : floats) each = normal(engine);
  return floats;
}

/// A bfloat16 is the upper half of a float.
using Bfloat16 = uint16_t;

/// Numbers that the kernels take as one element or the other; T: float or Bfloat16.
template <class T>
struct Array {
  static constexpr bool is_float = std::is_same_v<T, float>;
  static constexpr nn::kernels::Element element =
      is_float ? nn::kernels::Element::float32 : nn::kernels::Element::bfloat16;

  explicit Array(int64_t count) : memory(static_cast<size_t>(count)) {}
  size_t size() const { return memory.size(); }
  double operator[](size_t i) const {
    if constexpr (is_float) return memory[i];
    else return std::bit_cast<float>(uint32_t{memory[i]} << 16);
  }
  const T* data() const { return memory.data(); }
  T* data() { return memory.data(); }

  /// Of what a kernel writes as T: half a unit in a bfloat16's last place, beside the error that floats have.
  static constexpr double tolerance(double of_floats) { return is_float ? of_floats : 1.0 / 256 + of_floats; }

  std::vector<T> memory;
};

template <class T>
Array<T> random_array(int64_t count, unsigned seed) {
  const Floats floats = random_floats(count, seed);
  Array<T> numbers(count);
  for (size_t i = 0; i < floats.size(); ++i) {
    if constexpr (std::is_same_v<T, float>) numbers.memory[i] = floats[i];
    else numbers.memory[i] = static_cast<Bfloat16>(std::bit_cast<uint32_t>(floats[i]) >> 16);
  }
  return numbers;
}

/// The largest difference, as a share of the largest number; infinite where a number is none.
template <class Numbers>
double largest_share_off(const Numbers& a, const std::vector<double>& b) {
  double largest = 0.1, off = 0;  // what should be 0 is as exact as numbers of some size
  for (size_t i = 0; i < b.size(); ++i) {
    const double difference = std::abs(static_cast<double>(a[i]) - b[i]);
    if (!std::isfinite(difference)) return std::numeric_limits<double>::infinity();
    largest = std::max(largest, std::abs(b[i]));
    off = std::max(off, difference);
  }
  return off / largest;
}

template <class Numbers>
void check_close(const Numbers& a, const std::vector<double>& b, double tolerance) {
  REQUIRE(a.size() == b.size());
  CHECK(largest_share_off(a, b) < tolerance);
}

/// test() with the widest vectors, and again with each narrower instruction set.
template <class Test>
void for_every_instruction_set(const Test& test) {
  int64_t disabled = 0;
  for (int64_t rest = hwy::SupportedTargets(); rest != 0; rest &= rest - 1) {  // the lowest bit is the widest
    test();
    if ((rest & (rest - 1)) == 0) break;
    disabled |= rest & -rest;
    hwy::DisableTargets(disabled);
    hwy::GetChosenTarget().DeInit();
  }
  hwy::DisableTargets(0);
  hwy::GetChosenTarget().DeInit();
}

}  // namespace staircase::tests
