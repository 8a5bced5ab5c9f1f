#pragma once

#include <atomic>

#include "staircase/data/findings.h"
#include "staircase/execution/estimate.h"
#include "staircase/execution/observer.h"
#include "staircase/execution/run_options.h"
#include "staircase/experiment/design.h"
#include "staircase/runs/ledger.h"

namespace staircase::execution {

/// What a folder still lacks, and what that costs.
struct RunPlan {
  experiment::Experiment experiment;  ///< as the folder has it: with the seeds and steps of earlier starts
  experiment::DesignedExperiment design;
  size_t runs = 0, done = 0;
  size_t most_runs = 0;     ///< with all seeds that /until may add
  size_t to_take_over = 0;  ///< not done, but held by folders beside this one: they would be taken over
  runs::Ledger ledger{std::filesystem::path()};  ///< of the folder; reads those to take over where they lie
  WorkEstimate work;                             ///< of the runs to train
  GroupLink link;                                ///< between the processes of a run
  std::vector<std::string> notes;                ///< as PreparedExperiment has them
  data::Findings data;
  std::vector<std::string> warnings;  ///< of schedules, as schedule_warnings.h says
};

/// Checks everything that can be checked without training and says what would be done; times a few training
/// steps where no earlier run tells how long one takes, and tells `say` before it does. Writes nothing into the folder.
RunPlan plan_run(experiment::Experiment experiment, const RunOptions& options,
                 const std::function<void(const std::string&)>& say = {});

/// Trains what the folder lacks; what folders beside it hold is taken over where the options say so. An experiment with
/// /until goes on with more seeds until its differences are decided. Programs that run the same folder share the work.
/// A run that fails, or whose process dies, is recorded with its reason and the others go on. What was found in the
/// data is kept in the folder (runs/data_findings.h). Writes no report: report/folder.h does, when the observer or the
/// caller asks for it.
/// Throws RequestError before anything is written when the request is wrong, Interrupted, and GroupOver.
void run_experiment(experiment::Experiment experiment, const RunOptions& options, ExperimentObserver& observer,
                    const std::atomic<bool>& stop);

}  // namespace staircase::execution
