#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "staircase/execution/prepared.h"

namespace staircase::execution {

/// What other folders beside this one hold of its runs.
struct FinishedElsewhere {
  /// Those with the result that they would have here, by their index, with that folder: of the same name, device,
  /// LibTorch, threads and initial weights.
  std::map<size_t, std::filesystem::path> runs;
  /// "not taken over: 3 runs in runs/first (threads 2 there, 1 here)"; empty: there are no others.
  std::string others;
};
FinishedElsewhere find_finished_elsewhere(const PreparedExperiment& experiment, const RunOptions& options);

/// Makes them runs of this folder and tells the observer how many came from where, and which did not. One that cannot
/// be taken over is said and trained.
void take_over_finished(const PreparedExperiment& experiment, const RunOptions& options, ExperimentObserver& observer);

}  // namespace staircase::execution
