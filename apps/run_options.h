#pragma once

#include "arguments.h"
#include "progress.h"
#include "staircase/analysis/results.h"
#include "staircase/execution/run_options.h"
#include "staircase/experiment/experiment.h"

namespace staircase::apps {

/// The options of a command that trains an experiment: --out, --device, --jobs, --elsewhere, --no-reuse, and those of
/// progress.h.
void add_run_options(Arguments& arguments);

/// What they say. Throws RequestError naming the option.
execution::RunOptions run_options(const Arguments& arguments, const experiment::Experiment& experiment);

/// Trains what the folder lacks, tells of it on stderr, and reports it; a signal stops it after a checkpoint, a
/// second one at once. Throws as execution::run_experiment.
analysis::Results train_and_report(const experiment::Experiment& experiment, const execution::RunOptions& options,
                                   const ProgressOptions& progress);

}  // namespace staircase::apps
