#pragma once

#include "staircase/lab/report_table.h"

namespace staircase::lab {

/// What each step was worth: step, change, worth with interval, corrected p, verdict; no rows for other designs.
TextTable effect_table(const config::Json& results);

/// A matrix of the steps: what two give together beyond what each gives alone above the diagonal, with the
/// verdict where a difference is shown; each step alone on it. No rows for other designs than pairwise.
TextTable interaction_table(const config::Json& results);

/// What the worth of a step means in this design.
std::vector<std::string> effect_notes(const config::Json& results);

/// effects.csv and interactions.csv; empty where the design has none.
std::string effects_csv(const config::Json& results);
std::string interactions_csv(const config::Json& results);

}  // namespace staircase::lab
