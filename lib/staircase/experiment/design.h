#pragma once

#include <optional>
#include <string>
#include <vector>

#include "staircase/experiment/experiment.h"
#include "staircase/experiment/subset_design.h"

namespace staircase::experiment {

/// One row of an experiment: a configuration and how it came about.
struct Variant {
  std::string name;
  std::vector<config::Difference> changes;  ///< against `compared_to`; "/recipe" as a whole by name
  std::optional<size_t> compared_to;        ///< the variant that the delta is taken to
  std::string group;
  bool side_branch = false;
  std::optional<double> paper_top1, paper_std;
  std::vector<std::string> cell;  ///< grid: the value on each axis, as text
  std::optional<Subset> subset;   ///< which steps are on, in designs that are about that
  config::Configuration configuration;
};

/// The pointers and values that span a grid.
struct Axis {
  std::string pointer;
  std::vector<std::string> values;
};

/// A step as tables of effects show it.
struct DesignedStep {
  std::string name, group;
  std::vector<config::Difference> changes;  ///< against the base
};

struct DesignedExperiment {
  std::vector<Variant> variants;
  std::vector<Axis> axes;  ///< grid only
  // Of designs that are about which steps are on, and of grids whose axes, two or more, have two values:
  std::vector<DesignedStep> steps;  ///< in the order of the bits of Variant::subset
  Requirements requirements;
  std::vector<StepOrder> orders;  ///< shapley with sampled orders
};

/// All configurations of an experiment, in the order of its table, with overrides applied and each
/// checked: fields that cannot go together, and images that the network would shrink to nothing.
/// `classes`, `channels`: of the data; 0 leaves the models' own fields as they are.
/// Throws config::ConfigError naming the step.
DesignedExperiment design_variants(const Experiment& experiment, int64_t classes, int64_t channels);

}  // namespace staircase::experiment
