#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include <hwy/targets.h>

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

inline void check_close(const Floats& a, const std::vector<double>& b, double tolerance) {
  REQUIRE(a.size() == b.size());
  double largest = 0.1, off = 0;  // what should be 0 is as exact as numbers of some size
  for (size_t i = 0; i < b.size(); ++i) {
    largest = std::max(largest, std::abs(b[i]));
    off = std::max(off, std::abs(static_cast<double>(a[i]) - b[i]));
  }
  CHECK(off / largest < tolerance);
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
