#pragma once

#include <optional>
#include <string>

#include "staircase/analysis/results.h"

namespace staircase::analysis {

/// Why nothing is known in a folder where little is done.
inline constexpr const char* before_two_seeds = "no two rows have two seeds done yet";

/// The standard deviation of paired differences over the seeds, pooled over all that a table judges.
struct PooledSpread {
  double std = 0;
  double degrees = 0;                ///< that it is known from
  double lent_degrees = 0;           ///< that the differences lend each other when they are judged (moderated.h)
  std::optional<ErrorSource> other;  ///< root mean square of what no seeds make smaller, such as the choice of images
};

/// Rows at chance are left out. Empty: no difference has two seeds, or none has a spread.
std::optional<PooledSpread> pooled_spread(const Results& results);

/// The smallest difference that shows among so many comparisons.
struct SmallestShown {
  int comparisons = 0;
  std::optional<double> points;  ///< of the score
  std::string why_unknown;       ///< without a number, why it is not known
};

/// What `seeds` seeds can show (smallest_difference in statistics.h) when all runs are done, from the spread of what is
/// done by now, pooled: of the effects of designs that have them, else of the rows' deltas. All differences that the
/// finished table judges together count as comparisons, those that are still to come too.
/// Rows at chance promise nothing, nor do differences without any spread: what trains longer, or on other data, has
/// one. Nor is there such a number where seeds are added until they decide.
SmallestShown smallest_shown(const Results& results, int seeds);

/// The fewest seeds, of 1,000 at most, with which a difference as large as this one's mean, with its spread, would be
/// shown among so many `comparisons`. Empty: it needs more, has no spread, or images decide it rather than seeds.
std::optional<int> seeds_to_show(const Results& results, const Difference& difference, int comparisons);

}  // namespace staircase::analysis
