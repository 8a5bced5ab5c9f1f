#pragma once

#include <filesystem>
#include <map>

#include "staircase/execution/prepared.h"

namespace staircase::execution {

/// Runs that another folder beside this one holds with the result that they would have here, by their index, with
/// that folder: of the same name, device, LibTorch, threads and initial weights.
std::map<size_t, std::filesystem::path> find_finished_elsewhere(const PreparedExperiment& experiment,
                                                                const RunOptions& options);

/// Makes them runs of this folder and tells the observer how many came from where. One that cannot be taken over is
/// said and trained.
void take_over_finished(const PreparedExperiment& experiment, const RunOptions& options, ExperimentObserver& observer);

}  // namespace staircase::execution
