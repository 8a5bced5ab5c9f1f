#include "staircase/experiment/step_orders.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <stdexcept>

#include "staircase/base/random.h"

namespace staircase::experiment {
namespace {

using Counts = std::unordered_map<Subset, double>;

StepOrder shuffled(size_t steps, RandomStream random) {
  StepOrder order(steps);
  for (size_t i = 0; i < steps; ++i) order[i] = i;
  for (size_t i = steps; i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);  // Fisher and Yates
  return order;
}

/// Takes each next step with the share of the orders that go on with it, so that all orders are equally likely.
StepOrder draw_order(const Requirements& requirements, const Counts& from, RandomStream random) {
  StepOrder order;
  Subset taken = 0;
  while (taken != requirements.all()) {
    double left = random.uniform() * from.at(taken);
    size_t next = 0;
    for (size_t i = 0; i < requirements.steps(); ++i) {
      if (!requirements.allow_next(taken, i)) continue;
      next = i;  // rounding may leave a little: then the last one
      left -= from.at(taken | only(i));
      if (left < 0) break;
    }
    order.push_back(next);
    taken |= only(next);
  }
  return order;
}

}  // namespace

std::unordered_map<Subset, double> orders_from(const Requirements& requirements, const std::vector<Subset>& subsets) {
  Counts counts{{requirements.all(), 1.0}};
  for (auto subset = subsets.rbegin(); subset != subsets.rend(); ++subset)
    for (size_t i = 0; i < requirements.steps(); ++i)
      if (requirements.allow_next(*subset, i)) counts[*subset] += counts[*subset | only(i)];
  return counts;
}

std::vector<StepOrder> sample_orders(const Requirements& requirements, size_t count, uint64_t seed) {
  Counts from;
  if (!requirements.none()) {
    const size_t most = size_t{1} << 20;
    const std::vector<Subset> subsets = allowed_subsets(requirements, most + 1);
    if (subsets.size() > most)
      throw std::invalid_argument("the steps and their requirements allow more than a million combinations");
    from = orders_from(requirements, subsets);
  }
  std::vector<StepOrder> orders;
  for (size_t k = 0; k < count; ++k) {
    const RandomStream random(Purpose::step_orders, {seed, k});
    orders.push_back(from.empty() ? shuffled(requirements.steps(), random) : draw_order(requirements, from, random));
  }
  return orders;
}

std::vector<Subset> subsets_on(const std::vector<StepOrder>& orders) {
  std::vector<Subset> subsets;
  for (const StepOrder& order : orders) {
    Subset taken = 0;
    subsets.push_back(taken);
    for (size_t step : order) subsets.push_back(taken |= only(step));
  }
  std::sort(subsets.begin(), subsets.end(),
            [](Subset a, Subset b) { return std::pair(std::popcount(a), a) < std::pair(std::popcount(b), b); });
  subsets.erase(std::unique(subsets.begin(), subsets.end()), subsets.end());
  return subsets;
}

}  // namespace staircase::experiment
