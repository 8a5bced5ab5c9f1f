#pragma once

#include <optional>

#include "staircase/analysis/results.h"

namespace staircase::analysis {

/// The smallest difference that shows, in points of the score, among so many comparisons.
struct SmallestShown {
  double points;
  int comparisons;
};

/// What `seeds` seeds can show (smallest_difference in statistics.h) when all runs are done, from the spread of what is
/// done by now, pooled: of the effects of designs that have them, else of the rows' deltas. All differences that the
/// finished table judges together count as comparisons, those that are still to come too.
/// Empty: none has two pairs of equal seed yet.
std::optional<SmallestShown> smallest_shown(const Results& results, int seeds);

}  // namespace staircase::analysis
