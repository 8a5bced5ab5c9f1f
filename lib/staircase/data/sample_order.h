#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace staircase::data {

/// The numbers 0 to size - 1 in an order that is a pure function of (seed, epoch); all orders are
/// equally likely. Source: Fisher and Yates 1938.
std::vector<size_t> shuffled_order(size_t size, uint64_t seed, int64_t epoch);

/// The seed of a run's orders: its own where `data_order_seed` is 0, else one that belongs to the pair of the two.
uint64_t order_seed(uint64_t seed, int64_t data_order_seed);

}  // namespace staircase::data
