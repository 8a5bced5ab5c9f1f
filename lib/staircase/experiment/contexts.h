#pragma once

#include "staircase/experiment/design.h"

namespace staircase::experiment {

/// What the context is called that is always there: the experiment as its file has it.
inline constexpr const char* as_written = "as written";

/// Refuses contexts whose names or edits do not fit: a name that stands twice, nothing set, a field that a step edits,
/// designs without a row a step. Throws config::ConfigError naming the context.
void check_contexts(const config::ExperimentOptions& options, const std::string& source);

/// Refuses a context in which every row trains to the same as in one before it. Throws config::ConfigError.
void check_contexts_have_effect(const Experiment& experiment, const DesignedExperiment& design);

}  // namespace staircase::experiment
