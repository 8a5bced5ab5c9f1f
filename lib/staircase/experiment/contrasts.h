#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "staircase/experiment/requirements.h"

namespace staircase::experiment {

/// The score of the configuration in which exactly these steps are on.
using SubsetScore = std::function<double(Subset)>;

/// Two configurations that differ in one step (and in what cannot be without it).
struct Contrast {
  Subset with = 0, without = 0;
  double worth(const SubsetScore& score) const { return score(with) - score(without); }
};

/// The step on top of nothing but what it requires: one_at_a_time.
Contrast added_alone(const Requirements& requirements, size_t step);

/// The step removed from the full model, with all that requires it: leave_one_out.
Contrast removed_from_full(const Requirements& requirements, size_t step);

/// The four configurations of two steps, each on top of what the two require.
struct PairContrast {
  Subset both = 0, first = 0, second = 0, none = 0;
  /// What the two give together beyond what each gives alone:
  /// (both - none) - (first - none) - (second - none).
  double interaction(const SubsetScore& score) const {
    return score(both) - score(first) - score(second) + score(none);
  }
};

/// Empty when one of the two requires the other, so that it is never there alone.
std::optional<PairContrast> pair_of(const Requirements& requirements, size_t first, size_t second);

}  // namespace staircase::experiment
