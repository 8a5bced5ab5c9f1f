#pragma once

#include "arguments.h"
#include "staircase/experiment/experiment.h"

namespace staircase::apps {

/// The option --set of a command that takes CONFIG.
void add_set_option(Arguments& arguments);

/// CONFIG with what --set changes. Throws as experiment::read_experiment.
experiment::Experiment read_experiment(const Arguments& arguments);

}  // namespace staircase::apps
