#include "staircase/analysis/smallest_shown.h"

#include <algorithm>
#include <cmath>

#include "staircase/analysis/judged.h"

namespace staircase::analysis {
namespace {

/// What the differences of the table lend each other.
double lent_degrees(const Results& results) { return results.judged_by.prior ? results.judged_by.prior->degrees : 0.0; }

/// The squares of what the seeds leave, summed, and how many of them are free; by rows that have learned something.
struct Pool {
  double squares = 0, degrees = 0;
  double other_squares = 0, other_degrees = 0, count = 0;
  bool any_at_chance = false;

  void add(const Difference& each) {
    const auto free = static_cast<double>(each.count - 1);
    squares += free * *each.std * *each.std;
    degrees += free;
    ++count;
    if (!each.other) return;
    other_squares += each.other->std_error * each.other->std_error;
    other_degrees = other_degrees == 0 ? each.other->degrees : std::min(other_degrees, each.other->degrees);
  }
};

Pool pool_of(const std::vector<JudgedDifference>& judged) {
  Pool pool;
  for (const JudgedDifference& each : judged) {
    if (!each.difference || !each.difference->std) continue;
    if (each.difference->verdict == Verdict::at_chance) pool.any_at_chance = true;
    else pool.add(*each.difference);
  }
  return pool;
}

}  // namespace

std::optional<PooledSpread> pooled_spread(const Results& results) {
  const Pool pool = pool_of(judged_differences(results));
  if (pool.degrees == 0 || pool.squares == 0) return std::nullopt;
  PooledSpread spread{std::sqrt(pool.squares / pool.degrees), pool.degrees, lent_degrees(results), {}};
  if (pool.other_squares > 0) spread.other = {std::sqrt(pool.other_squares / pool.count), pool.other_degrees};
  return spread;
}

SmallestShown smallest_shown(const Results& results, int seeds) {
  const auto differences = judged_differences(results);
  const Pool pool = pool_of(differences);
  SmallestShown shown;
  shown.comparisons = static_cast<int>(differences.size());
  if (results.looks) {
    shown.why_unknown = "seeds are added until every difference is decided";
    return shown;
  }
  if (const auto spread = pooled_spread(results))
    shown.points = smallest_difference(spread->std, seeds, shown.comparisons, spread->lent_degrees, spread->other);
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
  const double std = of_seeds * std::sqrt(static_cast<double>(difference.count)), wanted = std::abs(difference.mean);
  if (reach_of({}, difference.other, 0.05 / comparisons) >= wanted) return std::nullopt;
  for (int seeds = static_cast<int>(difference.count) + 1; seeds <= 1000; ++seeds)
    if (*smallest_difference(std, seeds, comparisons, lent_degrees(results), difference.other) <= wanted) return seeds;
  return std::nullopt;
}

}  // namespace staircase::analysis
