#pragma once

#include <filesystem>

#include "staircase/experiment/experiment_file.h"

namespace staircase::runs {

/// Refuses an experiment that is not the one of the folder, and takes the folder's seeds, threads and, where no
/// recipe asks for it, published drop-path rate over into it. Where the data lie is not compared, but in a folder of
/// format 1, whose runs are named by it. Throws RequestError naming the field that differs.
void join_stored(const std::filesystem::path& folder, const experiment::StoredExperiment& stored,
                 experiment::Experiment& experiment);

}  // namespace staircase::runs
