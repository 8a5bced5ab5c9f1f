#include "staircase/execution/open_runs.h"

#include "staircase/execution/prepared.h"

namespace staircase::execution {
namespace {

OpenRuns count(const PreparedExperiment& experiment) {
  OpenRuns open;
  for (const runs::RunKey& run : experiment.runs()) {
    ++open.runs;
    if (experiment.ledger().is_done(run)) ++open.done;
    else if (experiment.ledger().is_running(run)) ++open.running;
  }
  return open;
}

}  // namespace

OpenRuns count_open_runs(experiment::Experiment experiment, const RunOptions& options) {
  return count(PreparedExperiment(std::move(experiment), options));
}

OpenRuns open_runs_to_others(experiment::Experiment wanted, const RunOptions& options) {
  PreparedExperiment experiment(std::move(wanted), options);
  experiment.claim_folder(Threads::open);
  for (const runs::RunKey& run : experiment.runs())
    if (experiment.ledger().failure(run))
      if (const auto lock = experiment.ledger().try_lock(run)) experiment.ledger().clear_failure(run);
  return count(experiment);
}

}  // namespace staircase::execution
