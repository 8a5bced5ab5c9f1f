#pragma once

#include <filesystem>
#include <vector>

#include "staircase/runs/status.h"

namespace staircase::runs {

/// The folders of results that lie in a place, by name: the place itself where it is one, else those directly under it.
/// Throws RequestError when the place is no folder.
std::vector<std::filesystem::path> result_folders(const std::filesystem::path& place);

/// What a whole folder is at: running where one of its runs is, done where all are, else the first of damaged, stopped,
/// waiting and failed that a run is; runs that wait where others are done count as stopped.
RunState state_of(const ExperimentStatus& status);

/// When something was last trained in a folder, or the folder was made. A report that is written again changes nothing.
std::filesystem::file_time_type last_change(const std::filesystem::path& folder);

}  // namespace staircase::runs
