#include "staircase/runs/free_folder.h"

#include <unistd.h>

#include <algorithm>
#include <stdexcept>
#include <vector>

#include "staircase/base/files.h"
#include "staircase/base/host.h"
#include "staircase/runs/run_log.h"

namespace staircase::runs {
namespace fs = std::filesystem;
namespace {

constexpr const char* hold_start = ".in_use-";  // and the machine and process, so that each has its own

bool is_failed_at_most(const fs::path& run) {
  std::error_code error;
  for (const char* file : {"summary.json", "summary.json.damaged", "weights.safetensors"})
    if (fs::exists(run / file, error)) return false;
  const fs::path checkpoints = run / "checkpoints";
  if (fs::exists(checkpoints, error) && !fs::is_empty(checkpoints, error)) return false;
  return !FileLock::is_held(run / run_lock_file);
}

bool is_folder_hold(const std::string& name) { return name.starts_with(hold_start); }

std::vector<fs::path> holds_in(const fs::path& folder) {
  std::vector<fs::path> holds;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error))
    if (is_folder_hold(entry.path().filename().string())) holds.push_back(entry.path());
  return holds;
}

}  // namespace

bool is_left_over(const fs::path& path) {
  const std::string name = path.filename().string();
  return name == run_lock_file || Lease::is_left_over(name, run_lock_file) || is_folder_hold(name) || is_unfinished_file(path);
}

bool is_free(const fs::path& folder) {
  const std::vector<fs::path> holds = holds_in(folder);
  if (std::any_of(holds.begin(), holds.end(), [](const fs::path& hold) { return FileLock::is_held(hold); }))
    return false;
  std::error_code error;
  for (const auto& run : fs::directory_iterator(folder / "runs", error))
    if (!is_failed_at_most(run.path())) return false;
  return !error || error == std::errc::no_such_file_or_directory;
}

std::optional<FileLock> hold_folder(const fs::path& folder) {
  for (const fs::path& hold : holds_in(folder)) FileLock::try_take(hold);  // whose end removes the file
  return FileLock::try_take(folder / (hold_start + host_name() + "-" + std::to_string(::getpid())));
}

void remove_failed_runs(const fs::path& folder) {
  std::error_code error;
  fs::remove_all(folder / "runs", error);
  if (error) throw std::runtime_error((folder / "runs").string() + ": cannot be removed: " + error.message());
}

}  // namespace staircase::runs
