#include "staircase/analysis/smallest_shown.h"

#include <algorithm>
#include <cmath>

#include "staircase/analysis/a_a_checks.h"

namespace staircase::analysis {
namespace {

/// What one table judges together; an empty one is still to come.
std::vector<std::optional<Difference>> judged_differences(const Results& results) {
  std::vector<std::optional<Difference>> differences;
  if (!results.worth.effects) {
    for (const Row& row : results.rows)
      if (row.delta && !is_a_a_check(row.changes)) differences.push_back(row.delta->difference);
    return differences;
  }
  const bool gain = results.worth.shapley.has_value();  // whose table judges A/A checks with the rest
  for (const Effect& effect : *results.worth.effects)
    if (gain || !is_a_a_check(effect.changes)) differences.push_back(effect.worth.difference);
  if (results.worth.shapley) differences.push_back(results.worth.shapley->gain);
  return differences;
}

/// What the differences of the table lend each other.
double lent_degrees(const Results& results) { return results.judged_by.prior ? results.judged_by.prior->degrees : 0.0; }

/// The squares of what the seeds leave, summed, and how many of them are free; by rows that have learned something.
struct Pool {
  double squares = 0, degrees = 0;
  bool any_at_chance = false;
};

Pool pool_of(const std::vector<std::optional<Difference>>& differences) {
  Pool pool;
  for (const std::optional<Difference>& each : differences) {
    if (!each || !each->std) continue;
    if (each->verdict == Verdict::at_chance) {
      pool.any_at_chance = true;
      continue;
    }
    const auto free = static_cast<double>(each->count - 1);
    pool.squares += free * *each->std * *each->std;
    pool.degrees += free;
  }
  return pool;
}

}  // namespace

std::optional<PooledSpread> pooled_spread(const Results& results) {
  const Pool pool = pool_of(judged_differences(results));
  if (pool.degrees == 0 || pool.squares == 0) return std::nullopt;
  return PooledSpread{std::sqrt(pool.squares / pool.degrees), pool.degrees, lent_degrees(results)};
}

SmallestShown smallest_shown(const Results& results, int seeds) {
  const auto differences = judged_differences(results);
  const Pool pool = pool_of(differences);
  SmallestShown shown;
  shown.comparisons = static_cast<int>(differences.size());
  if (const auto spread = pooled_spread(results))
    shown.points = smallest_difference(spread->std, seeds, shown.comparisons, spread->lent_degrees);
  if (shown.points) return shown;
  if (seeds < 2) shown.why_unknown = "one seed shows none";
  else if (pool.degrees > 0)
    shown.why_unknown = "the seeds that are done differ by equal numbers, which have no spread";
  else if (pool.any_at_chance)
    shown.why_unknown =
        "the rows that are done are at chance, where seeds say nothing of how rows that learn will spread";
  else shown.why_unknown = before_two_seeds;
  return shown;
}

std::optional<int> seeds_to_show(const Results& results, const Difference& difference, int comparisons) {
  if (!difference.std_error || !difference.p) return std::nullopt;
  const double other = difference.other ? difference.other->std_error : 0;
  const double of_seeds = std::sqrt(std::max(0.0, *difference.std_error * *difference.std_error - other * other));
  const double std = of_seeds * std::sqrt(static_cast<double>(difference.count));
  for (int seeds = static_cast<int>(difference.count) + 1; seeds <= 1000; ++seeds) {
    const double t = t_quantile(seeds - 1 + lent_degrees(results), 0.05 / comparisons);
    if (t * std::hypot(std / std::sqrt(seeds), other) <= std::abs(difference.mean)) return seeds;
    if (t * other > std::abs(difference.mean)) return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace staircase::analysis
