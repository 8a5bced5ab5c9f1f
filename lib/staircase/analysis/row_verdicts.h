#pragma once

#include "staircase/analysis/rows.h"
#include "staircase/analysis/sequential.h"

namespace staircase::analysis {

/// Judges the deltas of all rows together. A/A checks are judged by themselves: they are no question of the table, and
/// make no other difference harder to show.
JudgedBy judge_rows(const Judging& judging, std::vector<Row>& rows);

/// The same for an experiment that adds seeds, at its looks. A difference between two rows at chance is not open: no
/// number of seeds decides it.
Looks judge_rows_at_looks(const config::ExperimentOptions& options, const std::string& score, std::vector<Row>& rows);

/// The seeds that an experiment is to have now, more than it has: those of the next look. Empty: it adds none, some of
/// its runs are not done, all is decided, or there are as many as there may be.
std::optional<std::vector<int64_t>> seeds_to_have(const config::ExperimentOptions& options, const Looks& looks,
                                                  bool all_done);

}  // namespace staircase::analysis
