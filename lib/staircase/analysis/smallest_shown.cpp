#include "staircase/analysis/smallest_shown.h"

#include <cmath>
#include <vector>

#include "staircase/analysis/statistics.h"

namespace staircase::analysis {
namespace {

using config::Json;

/// What one table judges together: what the design is for decides. A difference that is still to come is null.
std::vector<Json> judged_differences(const Json& results) {
  std::vector<Json> differences;
  if (results.contains("effects")) {
    differences = results["effects"].get<std::vector<Json>>();
    if (results.contains("shapley")) differences.push_back(results["shapley"]["gain"]);
    return differences;
  }
  for (const Json& row : results.at("rows"))
    if (row.contains("delta_to")) differences.push_back(row["delta"]);
  return differences;
}

}  // namespace

std::optional<SmallestShown> smallest_shown(const Json& results, int seeds) {
  const std::vector<Json> differences = judged_differences(results);
  double squares = 0, degrees = 0;
  for (const Json& each : differences) {
    if (!each.is_object() || !each.contains("std") || !each["std"].is_number()) continue;
    const double std = each["std"].get<double>(), free = each["n"].get<double>() - 1;
    squares += free * std * std;
    degrees += free;
  }
  if (degrees == 0) return std::nullopt;
  const auto comparisons = static_cast<int>(differences.size());
  const auto points = smallest_difference(std::sqrt(squares / degrees), seeds, comparisons);
  return points ? std::optional(SmallestShown{*points, comparisons}) : std::nullopt;
}

}  // namespace staircase::analysis
