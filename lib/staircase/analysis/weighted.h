#pragma once

#include <map>

#include "staircase/analysis/rows.h"

namespace staircase::analysis {

/// Rows by their place in the table, and what their scores are multiplied by; the weights sum to 0. All that tables
/// judge is such a sum: a delta, an effect, an interaction, a Shapley value, the sum of a group.
using RowWeights = std::map<size_t, double>;

/// The row minus the other.
RowWeights row_minus(size_t row, size_t other);

/// The sum of every seed that all its rows have.
SeedNumbers weighted_scores(const RowWeights& weights, const std::vector<Row>& rows, const std::string& score);

/// Of these numbers of the seeds, whose weights are known; empty where there is none. `others`: what else its error is
/// of.
std::optional<Difference> weighted_difference(const RowWeights& weights, const SeedNumbers& by_seed,
                                              const std::vector<std::optional<ErrorSource>>& others = {});

/// Whether all its rows are at chance.
bool all_at_chance(const RowWeights& weights, const std::vector<Row>& rows);

}  // namespace staircase::analysis
