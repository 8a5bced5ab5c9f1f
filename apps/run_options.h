#pragma once

#include <atomic>

#include "arguments.h"
#include "progress.h"
#include "staircase/analysis/results.h"
#include "staircase/execution/run_options.h"
#include "staircase/experiment/experiment.h"

namespace staircase::apps {

/// The options of a command that trains an experiment: --out, --device, --jobs, --processes, --elsewhere, --no-reuse, and
/// those of progress.h.
void add_run_options(Arguments& arguments);

/// Whose cores and devices have to be there.
enum class TrainsOn { this_machine, others };

/// What they say. Throws RequestError naming the option.
execution::RunOptions run_options(const Arguments& arguments, const experiment::Experiment& experiment,
                                  TrainsOn machine = TrainsOn::this_machine);

/// Set by SIGINT and SIGTERM from the first call on; a second signal ends the program.
std::atomic<bool>& stop_on_signals();

/// Signals reach a thread of their own from here on, and those that are made later: LibTorch's processes give up to
/// find each other where a signal breaks in. Call before other threads are made. A peer that is gone is an error and no
/// signal.
void hear_signals_in_a_thread();

/// Trains what the folder lacks, tells of it on stderr, and reports it; a signal stops it after a checkpoint, a
/// second one at once. Throws as execution::run_experiment.
analysis::Results train_and_report(const experiment::Experiment& experiment, const execution::RunOptions& options,
                                   const ProgressOptions& progress);

}  // namespace staircase::apps
