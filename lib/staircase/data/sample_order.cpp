#include "staircase/data/sample_order.h"

#include <numeric>
#include <utility>

#include "staircase/base/random.h"

namespace staircase::data {

std::vector<size_t> shuffled_order(size_t size, uint64_t seed, int64_t epoch) {
  std::vector<size_t> order(size);
  std::iota(order.begin(), order.end(), size_t{0});
  RandomStream random(Purpose::shuffle, {seed, static_cast<uint64_t>(epoch)});
  for (size_t i = size; i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
  return order;
}

uint64_t order_seed(uint64_t seed, int64_t data_order_seed) {
  return data_order_seed == 0 ? seed : mix64(mix64(seed) ^ static_cast<uint64_t>(data_order_seed));
}

}  // namespace staircase::data
