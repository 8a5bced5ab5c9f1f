#pragma once

#include <atomic>
#include <exception>
#include <functional>

#include "staircase/execution/observer.h"
#include "staircase/runs/ledger.h"

namespace staircase::execution {

/// How a run is carried out; of this, `threads` and `device` are part of what decides the result.
struct RunSettings {
  torch::Device device = torch::kCPU;
  int threads = 1, loader_workers = 1;
  double checkpoint_minutes = 10.0;
  bool elsewhere = false;  ///< a run may go on on another kind of device or LibTorch than it began with
};

/// The run as a job in the ledger's folder; the settings that a job has are in it.
train::TrainJob make_job(const runs::Ledger& ledger, const runs::RunKey& run, const RunSettings& settings,
                         data::DataSource data);

enum class RunOutcome {
  done,
  failed,   ///< and the reason is recorded in its folder
  busy,     ///< another process works on it
  stopped,  ///< a worker ended as it was asked to, after a checkpoint
};

/// A group of processes lost one of them: nothing more can be done with it. Why was told and recorded as the failure of
/// its run.
class GroupOver : public std::exception {};

/// Trains one run, or goes on with it, while it holds the run's lock; the lock's note says where it stands.
/// A run that is done already stays as it is. `prepare` opens the data; what it throws fails the run. So does a run
/// that would go on elsewhere without being allowed to (run_starts.h).
/// A job with a group is rank 0's; `announce` then tells the others of it.
/// Throws Interrupted and GroupOver.
RunOutcome execute_run(const runs::Ledger& ledger, const runs::RunKey& run,
                       const std::function<train::TrainJob()>& prepare, bool elsewhere, RunObserver& observer,
                       const std::atomic<bool>& stop, const std::function<void()>& announce = {});

}  // namespace staircase::execution
