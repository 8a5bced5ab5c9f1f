#pragma once

#include "staircase/config/json.h"
#include "staircase/train/benchmark.h"

namespace staircase::apps {

/// The numbers of inference, by the names of `bench --json`.
config::Json speed_json(const train::InferenceSpeed& speed);

/// A row of `bench`: what was measured, a number for each of what was measured, and its unit.
using SpeedRow = std::vector<std::string>;

/// The rows of inference; `speeds`: one a column.
std::vector<SpeedRow> speed_rows(const std::vector<train::InferenceSpeed>& speeds);

}  // namespace staircase::apps
