#pragma once

#include <optional>
#include <string>
#include <vector>

#include "staircase/config/experiment_options.h"
#include "staircase/experiment/contrasts.h"
#include "staircase/experiment/step_orders.h"

namespace staircase::experiment {

/// One row of a design that switches steps on and off.
struct SubsetRow {
  std::string name;  ///< "base", "gelu", "width+gelu", "full", "without_gelu"
  Subset subset = 0;
  std::optional<size_t> compared_to;  ///< an earlier row
  std::optional<size_t> step;         ///< the step that the row is there for alone; empty: it is for several, or none
};

struct SubsetDesign {
  std::vector<SubsetRow> rows;
  std::vector<StepOrder> orders;  ///< shapley with sampled orders; empty: exact, or another design
};

/// Whether a design is about which steps are on, and not about the way there.
bool is_subset_design(config::Design design);

/// Refuses what goes only with designs that take one path: steps that set the same field, which cannot both
/// be on, and side branches. one_at_a_time never has two steps on that exclude each other, so it takes both.
/// Throws config::ConfigError naming the step.
void check_subset_steps(config::Design design, const std::vector<config::StepOptions>& steps,
                        const std::string& source);

/// The configurations that a design needs: of one_at_a_time, leave_one_out, pairwise or shapley.
/// Throws config::ConfigError when they are more than /max_configurations, saying how many runs that is.
SubsetDesign design_subsets(const config::ExperimentOptions& options, const std::vector<config::StepOptions>& steps,
                            const Requirements& requirements, const std::string& base_name, const std::string& source);

/// Throws config::ConfigError: so many configurations, each with every seed, are over the budget.
/// `or_more`: the count is a lower bound; `others`: what else brings the number down.
[[noreturn]] void refuse_over_budget(const config::ExperimentOptions& options, const std::string& source,
                                     size_t configurations, bool or_more, const std::string& others);

}  // namespace staircase::experiment
