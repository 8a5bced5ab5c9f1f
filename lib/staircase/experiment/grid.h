#pragma once

#include <string>
#include <vector>

#include "staircase/config/experiment_options.h"

namespace staircase::experiment {

/// The steps that set the same fields are the alternatives of one axis.
struct GridAxis {
  std::string pointer;                            ///< or several, with a space between them
  std::vector<const config::StepOptions*> steps;  ///< null: what the base has
};

/// One step or null of each axis.
using GridCell = std::vector<const config::StepOptions*>;

/// The axes that the steps span; they point into `steps`.
/// Throws config::ConfigError when steps of two axes set the same field: a cell with both would hold one of them.
std::vector<GridAxis> grid_axes(const std::vector<config::StepOptions>& steps, const std::string& source);

/// Every combination in which each step has what it requires, the base first.
/// Throws config::ConfigError when they are more than /max_configurations.
std::vector<GridCell> grid_cells(const std::vector<GridAxis>& axes, const config::ExperimentOptions& options,
                                 const std::string& base_name, const std::string& source);

}  // namespace staircase::experiment
