#pragma once

#include "staircase/execution/run_options.h"
#include "staircase/experiment/experiment.h"

namespace staircase::execution {

/// Where the runs of a folder stand that many programs are to train.
struct OpenRuns {
  size_t runs = 0, done = 0;
  size_t running = 0;  ///< not done, and a program trains them now
  size_t to_do() const { return runs - done - running; }
};

/// Checks everything that can be checked without training, and counts. Writes nothing.
/// Throws RequestError naming the field or the file.
OpenRuns count_open_runs(experiment::Experiment experiment, const RunOptions& options);

/// The same, and takes the folder for the experiment, so that programs which start later find it there: what had failed
/// is to be tried again, and a number of threads that is not settled is the first one's to settle.
OpenRuns open_runs_to_others(experiment::Experiment experiment, const RunOptions& options);

}  // namespace staircase::execution
