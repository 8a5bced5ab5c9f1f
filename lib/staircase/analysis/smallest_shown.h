#pragma once

#include <optional>

#include "staircase/config/json.h"

namespace staircase::analysis {

/// The smallest difference that shows, in points of top-1, among so many comparisons.
struct SmallestShown {
  double points;
  int comparisons;
};

/// What `seeds` seeds can show (smallest_difference in statistics.h) when all runs are done, from the spread of what results.json has
/// done: the effects of designs that have them, else the rows' deltas, pooled. Differences that are still to come count
/// as comparisons. Empty: none has two pairs of equal seed yet.
std::optional<SmallestShown> smallest_shown(const config::Json& results, int seeds);

}  // namespace staircase::analysis
