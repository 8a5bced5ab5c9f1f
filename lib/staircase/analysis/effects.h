#pragma once

#include "staircase/experiment/design.h"

namespace staircase::analysis {

/// Adds to the content of results.json what each step was worth, for designs that are about which steps are on:
///  "effects": [{"step", "group", "changes", "value", "std", "std_error", "n", "interval", "p", "p_holm",
///    "verdict"}] of one_at_a_time and pairwise (each step alone), leave_one_out (what the full model loses
///    without it) and shapley (its average over all orders; with sampled ones also "order_std_error", which
///    the interval includes);
///  "interactions": [{"a", "b", "value", ...}] of pairwise: both together minus what each gives alone; "value" is
///    null with a "reason" where one of them requires the other;
///  "shapley": {"exact", "orders", "gain"}: the values sum to the gain, which is of the full model over the base.
/// Each is computed seed by seed, over the seeds for which all runs it needs are done, then averaged.
/// `results` holds the rows already, in the order of the design's variants.
void add_effects(const experiment::DesignedExperiment& design, config::Design kind, config::Json& results);

}  // namespace staircase::analysis
