#pragma once

#include "staircase/experiment/experiment.h"

namespace staircase::experiment {

/// How many seeds a pilot trains.
inline constexpr int64_t pilot_seeds = 3;

/// The base of an experiment and its first step, A/A checks left out, or its first two candidates, with three of its
/// seeds: full runs. The experiment takes over those that it has too when it is run beside them; of leave_one_out and
/// of sampled orders that is the base alone, if any. Called NAME-pilot.
/// Throws config::ConfigError when the experiment compares nothing.
Experiment pilot_of(const Experiment& experiment);

}  // namespace staircase::experiment
