#include "staircase/lab/shapley.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <stdexcept>
#include <unordered_map>

#include "staircase/base/random.h"
#include "staircase/lab/statistics.h"

namespace staircase::lab {
namespace {

using Counts = std::unordered_map<Subset, double>;

/// In how many orders the steps of each subset can be taken. `subsets`: all allowed ones, small first.
Counts orders_up_to(const Requirements& requirements, const std::vector<Subset>& subsets) {
  Counts counts{{0, 1.0}};
  for (Subset subset : subsets)
    for (size_t i = 0; i < requirements.steps(); ++i)
      if (requirements.allow_next(subset, i)) counts[subset | only(i)] += counts[subset];
  return counts;
}

/// In how many orders the steps that are missing can follow each subset.
Counts orders_from(const Requirements& requirements, const std::vector<Subset>& subsets) {
  Counts counts{{requirements.all(), 1.0}};
  for (auto subset = subsets.rbegin(); subset != subsets.rend(); ++subset)
    for (size_t i = 0; i < requirements.steps(); ++i)
      if (requirements.allow_next(*subset, i)) counts[*subset] += counts[*subset | only(i)];
  return counts;
}

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

std::vector<double> exact_shapley(const Requirements& requirements, const SubsetScore& score) {
  const std::vector<Subset> subsets = allowed_subsets(requirements, SIZE_MAX);
  Counts before = orders_up_to(requirements, subsets), after = orders_from(requirements, subsets), scores;
  for (Subset subset : subsets) scores[subset] = score(subset);
  std::vector<double> values(requirements.steps(), 0.0);
  for (Subset subset : subsets)
    for (size_t i = 0; i < requirements.steps(); ++i) {
      if (!requirements.allow_next(subset, i)) continue;
      const Subset with = subset | only(i);
      const double share = before[subset] * after[with] / before[requirements.all()];
      values[i] += share * (scores[with] - scores[subset]);
    }
  return values;
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
    orders.push_back(from.empty() ? shuffled(requirements.steps(), random)
                                  : draw_order(requirements, from, random));
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

std::vector<SampledWorth> sampled_shapley(const std::vector<StepOrder>& orders, const SubsetScore& score) {
  std::vector<std::vector<double>> gains(orders.empty() ? 0 : orders[0].size());
  for (const StepOrder& order : orders) {
    Subset taken = 0;
    double before = score(taken);
    for (size_t step : order) {
      const double now = score(taken |= only(step));
      gains[step].push_back(now - before);
      before = now;
    }
  }
  std::vector<SampledWorth> worth;
  for (const std::vector<double>& each : gains) {
    const Spread spread = spread_of(each);
    worth.push_back({spread.mean, spread.std.value_or(0.0) / std::sqrt(static_cast<double>(spread.count))});
  }
  return worth;
}

}  // namespace staircase::lab
