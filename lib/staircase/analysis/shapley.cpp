#include "staircase/analysis/shapley.h"

#include <cmath>
#include <unordered_map>

#include "staircase/analysis/statistics.h"

namespace staircase::analysis {
namespace {

using Counts = std::unordered_map<experiment::Subset, double>;

/// In how many orders the steps of each subset can be taken. `subsets`: all allowed ones, small first.
Counts orders_up_to(const experiment::Requirements& requirements, const std::vector<experiment::Subset>& subsets) {
  Counts counts{{0, 1.0}};
  for (experiment::Subset subset : subsets)
    for (size_t i = 0; i < requirements.steps(); ++i)
      if (requirements.allow_next(subset, i)) counts[subset | experiment::only(i)] += counts[subset];
  return counts;
}

}  // namespace

std::vector<SubsetWeights> exact_shapley_weights(const experiment::Requirements& requirements) {
  const std::vector<experiment::Subset> subsets = experiment::allowed_subsets(requirements, SIZE_MAX);
  Counts before = orders_up_to(requirements, subsets), after = experiment::orders_from(requirements, subsets);
  std::vector<SubsetWeights> weights(requirements.steps());
  for (experiment::Subset subset : subsets)
    for (size_t i = 0; i < requirements.steps(); ++i) {
      if (!requirements.allow_next(subset, i)) continue;
      const experiment::Subset with = subset | experiment::only(i);
      const double share = before[subset] * after[with] / before[requirements.all()];
      weights[i][with] += share;
      weights[i][subset] -= share;
    }
  return weights;
}

std::vector<SubsetWeights> sampled_shapley_weights(const std::vector<experiment::StepOrder>& orders) {
  std::vector<SubsetWeights> weights(orders.empty() ? 0 : orders[0].size());
  const double share = 1 / static_cast<double>(orders.size());
  for (const experiment::StepOrder& order : orders) {
    experiment::Subset taken = 0;
    for (size_t step : order) {
      weights[step][taken] -= share;
      weights[step][taken |= experiment::only(step)] += share;
    }
  }
  return weights;
}

std::vector<SampledWorth> sampled_shapley(const std::vector<experiment::StepOrder>& orders,
                                          const experiment::SubsetScore& score) {
  std::vector<std::vector<double>> gains(orders.empty() ? 0 : orders[0].size());
  for (const experiment::StepOrder& order : orders) {
    experiment::Subset taken = 0;
    double before = score(taken);
    for (size_t step : order) {
      const double now = score(taken |= experiment::only(step));
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

}  // namespace staircase::analysis
