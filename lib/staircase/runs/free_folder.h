#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "staircase/base/file_lock.h"

namespace staircase::runs {

/// Whether nothing was trained in a folder of results: no run is done, has a checkpoint or is worked on, and no program
/// that took the folder is about to work on one. What is there then is failures, which another experiment may replace.
bool is_free(const std::filesystem::path& folder);

/// Shows others, as long as it is held, that this process works in the folder, also between two runs. Removes what
/// killed processes left of theirs. The folder's lock is held meanwhile. Empty: this process holds it already.
std::optional<FileLock> hold_folder(const std::filesystem::path& folder);

/// Whether a file is of work in a folder, not of results: a lock, what shows that a process works there, or what a killed
/// one left of a file that it was writing.
bool is_left_over(const std::filesystem::path& path);

/// Removes the runs of a folder that is free. Throws std::runtime_error naming the path and the reason.
void remove_failed_runs(const std::filesystem::path& folder);

}  // namespace staircase::runs
