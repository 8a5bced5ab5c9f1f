#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace staircase::runs {

/// Something in a folder of results that no command needs any more.
struct Disposable {
  std::filesystem::path path;  ///< of a file, or of the whole folder
  std::string why;             ///< "its run is done"
  uintmax_t bytes = 0;
};

/// What may go: checkpoints of runs that are done, files that were damaged and set aside, what killed processes left of
/// files that they were writing; and a whole folder in which nothing was trained and that holds nothing but what this
/// program writes. Never a result, a checkpoint that a run goes on from, a file that is not known, or anything that
/// somebody works on. Changes nothing. Throws RequestError when the folder holds no experiment, or one of another
/// version.
std::vector<Disposable> find_disposable(const std::filesystem::path& folder);

/// Looks again, with the right to each part of the folder, and removes it. Returns what is gone.
/// Throws as find_disposable does, and std::runtime_error naming a path that cannot be removed.
std::vector<Disposable> remove_disposable(const std::filesystem::path& folder);

}  // namespace staircase::runs
