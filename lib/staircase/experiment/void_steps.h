#pragma once

#include <set>

#include "staircase/experiment/design.h"

namespace staircase::experiment {

/// Refuses steps that change nothing: wherever the design has a row with the step and one without it, both train to
/// the same, as the file is written: other contexts are not looked at. A step with an effect in one such place alone
/// passes. One of several alternatives on the axis of a grid that restates what the base holds there does not: it would
/// be a second row of the base's level, and an axis of three values, of which two are equal, has no pairs.
/// `known`: names of steps to pass over, those that a folder of results holds already.
/// Throws config::ConfigError naming the step and, of each of its fields, why it has no effect.
void check_steps_have_effect(const Experiment& experiment, const DesignedExperiment& design,
                             const std::set<std::string>& known = {});

}  // namespace staircase::experiment
