#pragma once

#include <atomic>

#include "staircase/lab/observer.h"
#include "staircase/lab/prepared.h"

namespace staircase::lab {

enum class RunOutcome {
  done,
  failed,   ///< and the reason is recorded in its folder
  busy,     ///< another process works on it
  stopped,  ///< a worker ended as it was asked to; the same command goes on from its checkpoint
};

/// Trains one run, or goes on with it, while it holds the run's lock; the lock's note says where it stands.
/// A run that is done already stays as it is. Throws Interrupted.
RunOutcome execute_run(PreparedExperiment& experiment, const RunKey& run, torch::Device device, RunObserver& observer,
                       const std::atomic<bool>& stop);

}  // namespace staircase::lab
