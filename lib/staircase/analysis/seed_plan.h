#pragma once

#include "staircase/analysis/smallest_shown.h"

namespace staircase::analysis {

/// The chance with which a plan's seeds show a true difference of the size that is asked for.
inline constexpr double planned_power = 0.8;

/// The fewest seeds with which a true difference of `smallest` is shown with planned_power: by one look at pairs of
/// seeds, two-sided at 5 % over the comparisons, the first and hardest step of holm(); with the degrees and the other
/// error that a table judges by. Without these the power is that of the noncentral t distribution. Source: Cohen 1988,
/// "Statistical power analysis for the behavioral sciences", section 2.
/// Empty: more than 100,000; where there is another error perhaps none.
std::optional<int64_t> seeds_with_power(double smallest, const PooledSpread& spread, int comparisons);

/// How many seeds would show a difference.
struct SeedPlan {
  double smallest = 0;
  int comparisons = 0;
  PooledSpread spread;
  std::optional<int64_t> seeds;
  /// The same by the ends of the spread's 80 % interval (chi-square): it is itself an estimate.
  std::optional<int64_t> fewest, most;
};

SeedPlan plan_seeds(double smallest, const PooledSpread& spread, int comparisons);

/// The differences that the finished table of such an experiment judges together, A/A checks left out.
int count_comparisons(const experiment::DesignedExperiment& design, const config::ExperimentOptions& options);

/// Seconds a multiply-accumulate of a forward pass and epoch, over all runs that are done; empty: none says.
std::optional<double> seconds_a_weight(const Results& results, const experiment::DesignedExperiment& design);

/// What a run costs beside others on the same data: the multiply-accumulates of a forward pass times epochs.
double run_weight(const config::Configuration& configuration);

}  // namespace staircase::analysis
