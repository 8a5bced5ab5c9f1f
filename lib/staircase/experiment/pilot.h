#pragma once

#include "staircase/experiment/experiment.h"

namespace staircase::experiment {

/// How many seeds a pilot trains.
inline constexpr int64_t pilot_seeds = 3;

/// The first two rows of an experiment that differ in one step, or its first two candidates, with three of its seeds:
/// full runs, which the experiment itself takes over when it is run beside them. Called NAME-pilot.
/// Throws config::ConfigError when the experiment compares nothing.
Experiment pilot_of(const Experiment& experiment);

}  // namespace staircase::experiment
