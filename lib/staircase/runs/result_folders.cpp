#include "staircase/runs/result_folders.h"

#include <algorithm>

#include "staircase/base/errors.h"
#include "staircase/runs/ledger.h"

namespace staircase::runs {
namespace fs = std::filesystem;

std::vector<fs::path> result_folders(const fs::path& place) {
  std::error_code error;
  if (!fs::is_directory(place, error)) throw RequestError(place.string() + ": there is no such folder");
  if (Ledger(place).exists()) return {place};
  std::vector<fs::path> folders;
  for (const auto& entry : fs::directory_iterator(place, error))
    if (Ledger(entry.path()).exists()) folders.push_back(entry.path());
  if (error) throw RequestError(place.string() + ": cannot be read: " + error.message());
  std::sort(folders.begin(), folders.end());
  return folders;
}

RunState state_of(const ExperimentStatus& status) {
  if (status.count(RunState::running) > 0) return RunState::running;
  const size_t done = status.count(RunState::done);
  if (done == status.runs.size()) return RunState::done;
  if (status.count(RunState::damaged) > 0) return RunState::damaged;
  const size_t waiting = status.count(RunState::waiting);
  if (status.count(RunState::stopped) > 0 || (waiting > 0 && done > 0)) return RunState::stopped;
  return waiting > 0 ? RunState::waiting : RunState::failed;
}

fs::file_time_type last_change(const fs::path& folder) {
  std::error_code ignored;
  fs::file_time_type last = fs::last_write_time(folder / "experiment.json", ignored);
  const auto consider = [&](const fs::path& path) {
    std::error_code missing;
    const auto time = fs::last_write_time(path, missing);
    if (!missing) last = std::max(last, time);
  };
  for (const auto& run : fs::directory_iterator(folder / "runs", ignored)) {
    for (const char* trace : {"metrics.jsonl", "failure.json", "summary.json"}) consider(run.path() / trace);
    // The folder itself changes when clean removes something.
    for (const auto& file : fs::directory_iterator(run.path() / "checkpoints", ignored)) consider(file.path());
  }
  return last;
}

}  // namespace staircase::runs
