#pragma once

#include <string>

#include "staircase/experiment/experiment.h"

namespace staircase::experiment {

// What an experiment's own fields cannot say together. Networks, recipes and data are checked where they are read.

/// Of the file's content, before it is read: whatever but the network would differ between candidates is refused by
/// name. Throws config::ConfigError.
void check_candidates(const config::Json& content, const std::string& source);

/// With its ladder resolved: what its kind needs, names of rows, the single-variable rule of steps, their
/// requirements, overrides, and contexts. Throws config::ConfigError naming the place.
void check_experiment(const Experiment& experiment);

}  // namespace staircase::experiment
