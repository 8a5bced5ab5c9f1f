#include "staircase/runs/disposable.h"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string_view>

#include "staircase/base/files.h"
#include "staircase/runs/free_folder.h"
#include "staircase/runs/ledger.h"

namespace staircase::runs {
namespace fs = std::filesystem;
namespace {

constexpr std::array<std::string_view, 8> folder_files{"experiment.json", "data_findings.json", "results.json",
                                                       "results.csv",     "effects.csv",        "interactions.csv",
                                                       "report.md",       "report.html"};
/// What a run may hold that has come to nothing.
constexpr std::array<std::string_view, 6> run_files{"config.json",  "start.json",   "metrics.jsonl",
                                                    "timing.jsonl", "failure.json", "checkpoints"};

bool is_one_of(const auto& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// Which images a folder of photographs has, kept so that they need not be listed again.
bool is_data_index(const std::string& name) { return name.starts_with("data-") && name.ends_with(".index"); }

bool is_checkpoint(const std::string& name) { return name.starts_with("step-") && name.ends_with(".safetensors"); }

/// Whether each entry is one that this program makes.
bool is_known(const fs::path& folder) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    const std::string name = entry.path().filename().string();
    if (name == "runs") {
      for (const auto& run : fs::directory_iterator(entry.path(), ignored))
        for (const auto& file : fs::directory_iterator(run.path(), ignored))
          if (!is_one_of(run_files, file.path().filename().string()) && !is_left_over(file.path())) return false;
    } else if (name != "slurm" && !is_one_of(folder_files, name) && !is_data_index(name) && !is_left_over(entry.path())) {
      return false;
    }
  }
  return true;
}

uintmax_t bytes_of(const fs::path& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) {
    const uintmax_t bytes = fs::file_size(path, error);
    return error ? 0 : bytes;
  }
  uintmax_t all = 0;
  for (const auto& entry : fs::recursive_directory_iterator(path, error))
    if (entry.is_regular_file(error)) all += bytes_of(entry.path());
  return all;
}

void add(std::vector<Disposable>& list, const fs::path& path, const char* why) {
  list.push_back({path, why, bytes_of(path)});
}

/// Why a file may go; empty: it stays.
const char* why_disposable(const fs::path& file, bool checkpoint_of_done_run) {
  if (is_unfinished_file(file)) return "left by a process that was killed";
  if (file.extension() == ".damaged") return "damaged, and set aside";
  if (checkpoint_of_done_run && is_checkpoint(file.filename().string())) return "its run is done";
  return "";
}

void find_files(const fs::path& folder, bool checkpoints_of_done_run, std::vector<Disposable>& list) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    const char* why = entry.is_regular_file(ignored) ? why_disposable(entry.path(), checkpoints_of_done_run) : "";
    if (*why) add(list, entry.path(), why);
  }
}

std::vector<Disposable> find_in_run(const fs::path& folder, const fs::path& run) {
  std::vector<Disposable> list;
  const bool done = read_summary(folder, run.filename().string()).numbers.has_value();
  find_files(run, false, list);
  find_files(run / "checkpoints", done, list);
  return list;
}

bool is_for_nothing(const fs::path& folder) { return is_free(folder) && is_known(folder); }

const char* const nothing_trained = "nothing was trained in it";

std::vector<fs::path> runs_in(const fs::path& folder) {
  std::vector<fs::path> runs;
  std::error_code ignored;
  for (const auto& run : fs::directory_iterator(folder / "runs", ignored))
    if (run.is_directory(ignored)) runs.push_back(run.path());
  std::sort(runs.begin(), runs.end());
  return runs;
}

void remove_path(const fs::path& path) {
  std::error_code error;
  fs::remove_all(path, error);
  if (error) throw std::runtime_error(path.string() + ": cannot be removed: " + error.message());
}

void remove_all_of(const std::vector<Disposable>& list, std::vector<Disposable>& gone) {
  for (const Disposable& each : list) {
    remove_path(each.path);
    gone.push_back(each);
  }
}

}  // namespace

std::vector<Disposable> find_disposable(const fs::path& folder) {
  Ledger(folder).read_experiment_file();
  std::vector<Disposable> list;
  if (is_for_nothing(folder)) {
    add(list, folder, nothing_trained);
    return list;
  }
  if (!FileLock::is_held(folder / run_lock_file)) find_files(folder, false, list);
  for (const fs::path& run : runs_in(folder)) {
    if (FileLock::is_held(run / run_lock_file)) continue;
    const auto of_run = find_in_run(folder, run);
    list.insert(list.end(), of_run.begin(), of_run.end());
  }
  return list;
}

std::vector<Disposable> remove_disposable(const fs::path& folder) {
  const Ledger ledger(folder);
  ledger.read_experiment_file();
  std::vector<Disposable> gone, list;
  const FileLock lock = ledger.lock();
  if (is_for_nothing(folder)) {
    add(list, folder, nothing_trained);
    remove_all_of(list, gone);
    return gone;
  }
  find_files(folder, false, list);
  remove_all_of(list, gone);
  for (const fs::path& run : runs_in(folder)) {
    if (find_in_run(folder, run).empty()) continue;
    const auto run_lock = FileLock::try_take(run / run_lock_file);
    if (!run_lock) continue;
    remove_all_of(find_in_run(folder, run), gone);
    std::error_code not_empty;
    fs::remove(run / "checkpoints", not_empty);
  }
  return gone;
}

}  // namespace staircase::runs
