#include "staircase/analysis/weighted.h"

#include <algorithm>
#include <cmath>

namespace staircase::analysis {

RowWeights row_minus(size_t row, size_t other) {
  RowWeights weights{{row, 1.0}};
  weights[other] -= 1.0;
  return weights;
}

SeedNumbers weighted_scores(const RowWeights& weights, const std::vector<Row>& rows, const std::string& score) {
  SeedNumbers sums;
  bool first = true;
  for (const auto& [row, weight] : weights) {
    const SeedNumbers scores = rows[row].scores(score);
    SeedNumbers together;
    for (const auto& [seed, value] : scores)
      if (first || sums.count(seed)) together[seed] = weight * value + (first ? 0.0 : sums[seed]);
    sums = std::move(together);
    first = false;
  }
  return sums;
}

std::optional<Difference> weighted_difference(const RowWeights& weights, const SeedNumbers& by_seed,
                                              const std::vector<std::optional<ErrorSource>>& others) {
  std::optional<ErrorSource> together;
  for (const std::optional<ErrorSource>& each : others) {
    if (!each) continue;
    if (!together) together = ErrorSource{0, each->degrees};
    together->std_error = std::hypot(together->std_error, each->std_error);
    together->degrees = std::min(together->degrees, each->degrees);
  }
  std::optional<Difference> difference = difference_of(values_of(by_seed), together);
  if (!difference) return difference;
  difference->squared_weights = 0;
  for (const auto& [row, weight] : weights) difference->squared_weights += weight * weight;
  return difference;
}

bool all_at_chance(const RowWeights& weights, const std::vector<Row>& rows) {
  return std::all_of(weights.begin(), weights.end(), [&](const auto& each) { return rows[each.first].at_chance; });
}

}  // namespace staircase::analysis
