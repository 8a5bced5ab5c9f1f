#pragma once

#include <map>
#include <optional>
#include <vector>

#include "staircase/analysis/statistics.h"
#include "staircase/config/json.h"

namespace staircase::analysis {

/// A number of each seed that has one.
using SeedNumbers = std::map<int64_t, double>;

std::vector<double> values_of(const SeedNumbers& numbers);

/// The score of each seed of a row of results.json that is done.
SeedNumbers row_scores(const config::Json& row, const std::string& score);

/// a - b for every seed that both have.
SeedNumbers paired_differences(const SeedNumbers& a, const SeedNumbers& b);

/// {"mean", "std", "n", "interval": [low, high]}; std and interval are null for fewer than two numbers.
config::Json spread_json(const Spread& spread);

/// A standard error from another source than the seeds, and its degrees of freedom.
struct OtherError {
  double std_error;
  int degrees;
};

/// spread_json with "std_error" and "p", null for fewer than two numbers; null where there is no number. "interval" and
/// "p" are null, too, where all numbers are equal and not 0: no spread, no certainty.
/// `other` widens the interval; the fewer degrees of freedom of the two decide.
config::Json difference_json(const std::vector<double>& differences, const std::optional<OtherError>& other = {});

inline constexpr const char* no_difference_shown = "no difference shown";
inline constexpr const char* no_spread_seen = "no spread seen";

/// Adds "p_holm" and "verdict" to the differences of one table, which are corrected together; they have their mean under
/// "mean" or "value". The verdict is "higher" or "lower" where p_holm is below 0.05, else "no difference shown", which is
/// so wherever the interval contains 0 and, by the correction, for some that it does not. Where p is null p_holm is
/// null, and the verdict "no spread seen" for several seeds, null for one.
void judge_together(const std::vector<config::Json*>& differences);

}  // namespace staircase::analysis
