#include "staircase/analysis/smallest_shown.h"

#include <cmath>

namespace staircase::analysis {
namespace {

/// What one table judges together; an empty one is still to come.
std::vector<std::optional<Difference>> judged_differences(const Results& results) {
  std::vector<std::optional<Difference>> differences;
  if (!results.worth.effects) {
    for (const Row& row : results.rows)
      if (row.delta) differences.push_back(row.delta->difference);
    return differences;
  }
  for (const Effect& effect : *results.worth.effects) differences.push_back(effect.worth.difference);
  if (results.worth.shapley) differences.push_back(results.worth.shapley->gain);
  return differences;
}

}  // namespace

std::optional<SmallestShown> smallest_shown(const Results& results, int seeds) {
  const auto differences = judged_differences(results);
  double squares = 0, degrees = 0;
  for (const std::optional<Difference>& each : differences) {
    if (!each || !each->std) continue;
    const auto free = static_cast<double>(each->count - 1);
    squares += free * *each->std * *each->std;
    degrees += free;
  }
  if (degrees == 0) return std::nullopt;
  const auto comparisons = static_cast<int>(differences.size());
  const auto points = smallest_difference(std::sqrt(squares / degrees), seeds, comparisons);
  return points ? std::optional(SmallestShown{*points, comparisons}) : std::nullopt;
}

}  // namespace staircase::analysis
