#pragma once

#include <string>
#include <vector>

#include "staircase/analysis/results.h"
#include "staircase/report/text_table.h"

namespace staircase::report {

/// Rung, change, verdict, delta with interval, the primary metric of raw and EMA weights and of the test images,
/// parameters, MACs, images/s, latency of one image, drop path, the paper's number, damaged images, runs. A delta that
/// stands in the table of effects stands there alone. Columns that no row fills are left out.
TextTable main_table(const analysis::Results& results);
/// The title of its column of deltas: "delta to base" where the design compares all rows to one.
std::string delta_title(const analysis::Results& results);
/// Groups and recipe against architecture; no rows where the design has none.
TextTable subtotal_table(const analysis::Results& results);
/// A grid of two axes, both named by their fields; no rows for other designs.
TextTable grid_table(const analysis::Results& results);
/// Each run of each row: its state, its folder under runs/, which weights its weights.safetensors holds and the word
/// that names it in commands, DIR:ROW@SEED.
TextTable run_table(const analysis::Results& results, const std::string& folder);
/// Seed by seed: what failed and why.
std::vector<std::string> failure_lines(const analysis::Results& results);

}  // namespace staircase::report
