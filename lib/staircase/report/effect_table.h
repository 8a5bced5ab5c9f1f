#pragma once

#include "staircase/report/report_table.h"

namespace staircase::report {

/// What each step was worth: step, change, worth with interval, corrected p, verdict; no rows for other designs.
TextTable effect_table(const analysis::Results& results);

/// What two steps give together beyond what each gives alone, a pair a row, with interval, corrected p and
/// verdict. No rows for other designs than pairwise.
TextTable interaction_table(const analysis::Results& results);

/// The same as a matrix of the steps, each step alone on the diagonal; values and verdicts, which fit a page.
TextTable interaction_matrix(const analysis::Results& results);

/// What the worth of a step means in this design.
std::vector<std::string> effect_notes(const analysis::Results& results);

/// effects.csv and interactions.csv; empty where the design has none.
std::string effects_csv(const analysis::Results& results);
std::string interactions_csv(const analysis::Results& results);

}  // namespace staircase::report
