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

std::vector<double> exact_shapley(const experiment::Requirements& requirements, const experiment::SubsetScore& score) {
  const std::vector<experiment::Subset> subsets = experiment::allowed_subsets(requirements, SIZE_MAX);
  Counts before = orders_up_to(requirements, subsets), after = experiment::orders_from(requirements, subsets), scores;
  for (experiment::Subset subset : subsets) scores[subset] = score(subset);
  std::vector<double> values(requirements.steps(), 0.0);
  for (experiment::Subset subset : subsets)
    for (size_t i = 0; i < requirements.steps(); ++i) {
      if (!requirements.allow_next(subset, i)) continue;
      const experiment::Subset with = subset | experiment::only(i);
      const double share = before[subset] * after[with] / before[requirements.all()];
      values[i] += share * (scores[with] - scores[subset]);
    }
  return values;
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
