#pragma once

#include "staircase/config/experiment_options.h"

namespace staircase::analysis {

/// Adds the sums of the deltas of a cumulative walk, side branches left out, to the content of results.json:
/// "subtotals" by group, and "recipe_and_architecture" where a step edits the recipe; nothing for other designs.
/// Each has "delta" and "paper_delta", null where a row has none, and "difference": over the seeds that all
/// rows of the sum have, as differences.h writes it.
void add_subtotals(const config::ExperimentOptions& options, config::Json& results);

}  // namespace staircase::analysis
