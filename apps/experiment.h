#pragma once

#include "arguments.h"
#include "staircase/lab/experiment.h"

namespace staircase::apps {

/// The option --set of a command that takes CONFIG.
void add_set_option(Arguments& arguments);

/// CONFIG with what --set changes. Throws as lab::read_experiment.
lab::Experiment read_experiment(const Arguments& arguments);

}  // namespace staircase::apps
