#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace staircase::data {

/// The numbers 0 to size - 1 in an order that is a pure function of (seed, epoch); all orders are
/// equally likely. Source: Fisher and Yates 1938.
std::vector<size_t> shuffled_order(size_t size, uint64_t seed, int64_t epoch);

}  // namespace staircase::data
