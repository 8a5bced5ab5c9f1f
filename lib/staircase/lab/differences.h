#pragma once

#include <map>
#include <vector>

#include "staircase/config/json.h"
#include "staircase/lab/statistics.h"

namespace staircase::lab {

/// A number of each seed that has one.
using SeedNumbers = std::map<int64_t, double>;

std::vector<double> values_of(const SeedNumbers& numbers);

/// The score of each seed of a row of results.json that is done.
SeedNumbers row_scores(const config::Json& row, const std::string& score);

/// a - b for every seed that both have.
SeedNumbers paired_differences(const SeedNumbers& a, const SeedNumbers& b);

/// {"mean", "std", "n", "interval": [low, high]}; std and interval are null for fewer than two numbers.
config::Json spread_json(const Spread& spread);

/// spread_json with "std_error" and "p", null for fewer than two numbers; null where there is no number.
/// `more_error`: a standard error from another source than the seeds, which widens the interval.
config::Json difference_json(const std::vector<double>& differences, double more_error = 0.0);

/// "no difference shown", or which way.
inline constexpr const char* no_difference_shown = "no difference shown";

/// Adds "p_holm" and "verdict" to the differences of one table, which are corrected together. The verdict is
/// "higher" or "lower" where p_holm is below 0.05, else "no difference shown", which is so wherever the
/// interval contains 0 and, by the correction, for some that it does not. Both are null where p is.
void judge_together(const std::vector<config::Json*>& differences);

}  // namespace staircase::lab
