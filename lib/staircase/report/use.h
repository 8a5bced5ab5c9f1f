#pragma once

#include <optional>
#include <string>

#include "staircase/analysis/results.h"

namespace staircase::report {

/// The row with the best mean of the score; null where no run is done.
const analysis::Row* best_row(const analysis::Results& results);

/// Which weights a run's weights.safetensors holds: "EMA" where its recipe has an average, else "raw"; nothing where
/// the run is not done.
std::string kept_weights(const analysis::Results& results, const analysis::SeedResult& seed);

/// How commands take the run with the best score of the row with the best mean, as what the score is of:
/// "weights of the best row: --weights runs/x:gelu@0 (EMA, top-1 71.25)". Where averages are behind or at chance, the
/// raw weights are named if they score better. Where every row is at chance it says so. Nothing where no run is done.
std::string best_weights_line(const analysis::Results& results, const std::string& folder);

}  // namespace staircase::report
