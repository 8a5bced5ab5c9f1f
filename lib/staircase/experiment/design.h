#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "staircase/experiment/experiment.h"
#include "staircase/experiment/subset_design.h"

namespace staircase::experiment {

/// What an A/A check changes, and nothing else.
inline constexpr const char* a_a_field = "/recipe/data_order_seed";

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
  size_t context = 0;             ///< 0: as written
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

/// A context as tables show it.
struct DesignedContext {
  std::string name;
  std::vector<config::Difference> changes;  ///< against the first row as written
};

/// What data decide of a model; 0 leaves the model's own field as it is.
struct DataNumbers {
  int64_t classes = 0, channels = 0;
};

struct DesignedExperiment {
  std::vector<Variant> variants;          ///< context by context, the same rows in each
  std::vector<DesignedContext> contexts;  ///< the first is the experiment as written; empty: there is no other
  std::vector<Axis> axes;                 ///< grid only
  // Of designs that are about which steps are on, and of grids whose axes, two or more, have two values:
  std::vector<DesignedStep> steps;  ///< in the order of the bits of Variant::subset
  Requirements requirements;
  std::vector<StepOrder> orders;  ///< shapley with sampled orders

  size_t rows_a_context() const { return variants.size() / std::max<size_t>(1, contexts.size()); }
  const Variant& row(size_t context, size_t index) const { return variants[context * rows_a_context() + index]; }
};

/// All configurations of an experiment, in the order of its table, with overrides applied and each
/// checked: fields that cannot go together, and images that the network would shrink to nothing.
/// The rows of a context are called CONTEXT/ROW, those as written ROW.
/// `classes`, `channels`: of the data; `of_contexts`: of those of each context, where they are others.
/// Throws config::ConfigError naming the step.
DesignedExperiment design_variants(const Experiment& experiment, int64_t classes, int64_t channels,
                                   const std::vector<DataNumbers>& of_contexts = {});

}  // namespace staircase::experiment
