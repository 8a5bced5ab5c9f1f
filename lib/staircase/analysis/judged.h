#pragma once

#include "staircase/analysis/results.h"

namespace staircase::analysis {

/// One of the differences that the table which a design is about judges together.
struct JudgedDifference {
  std::string name;              ///< of the row or step
  const Difference* difference;  ///< null: it is still to come
  bool is_asked;                 ///< else it only counts with the others: a Shapley table's sum, an A/A check in one
};

/// Of the effects of designs that have them, else of the rows' deltas. They point into `results`.
std::vector<JudgedDifference> judged_differences(const Results& results);

}  // namespace staircase::analysis
