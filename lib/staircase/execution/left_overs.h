#pragma once

#include <filesystem>

namespace staircase::execution {

/// Removes the checkpoints of runs that are done: a program that was killed between a run's summary and their removal
/// leaves them. Passes over runs that others work on. `folder`: of an experiment.
/// Throws std::runtime_error naming a path that cannot be changed.
void remove_left_overs(const std::filesystem::path& folder);

}  // namespace staircase::execution
