#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "staircase/config/json_lines.h"

namespace staircase::runs {

/// What a run's timing.jsonl says: sums over the epochs that were timed.
struct RunTiming {
  double train_images = 0, train_seconds = 0, eval_seconds = 0;
  double peak_memory_mb = 0;
  /// Of one image, the shortest of the passes; empty: the run is not done, or from before it was measured.
  std::optional<double> latency_ms;
  /// Of the CPU, with which it was measured; empty: by a version that took the median and all threads of the run.
  std::optional<double> latency_threads;
  std::vector<std::string> warnings;  ///< of damaged lines

  /// In training; empty: nothing was timed.
  std::optional<double> images_per_second() const;
  /// Training and evaluation together; empty: nothing was timed.
  std::optional<double> seconds() const;
};

/// In a run's folder: held by the process that works on it.
inline constexpr const char* run_lock_file = ".lock";

// `folder`: of the experiment; `run`: the name of the run, runs/RUN in it.

RunTiming read_timing(const std::filesystem::path& folder, const std::string& run);

/// The numbers of the run's metrics.jsonl under some names, an epoch an entry.
struct RunCurve {
  std::vector<std::vector<double>> columns;  ///< in the order of the names; NaN where a line has no such number
  std::vector<std::string> warnings;         ///< of damaged lines
};
RunCurve read_curve(const std::filesystem::path& folder, const std::string& run, const std::vector<std::string>& names);

/// summary.json, which a run that is done has.
struct RunSummary {
  std::optional<config::Json> numbers;  ///< an object; empty: the run is not done
  std::string damage;  ///< "runs/x/summary.json: is damaged (why), so its run counts as not done"; empty: it is not
};
/// A file that is there and cannot be read, or is no JSON object, costs its run and nothing else.
RunSummary read_summary(const std::filesystem::path& folder, const std::string& run);

/// Renames a damaged summary.json to summary.json.damaged, so that the run can be done again. Returns what was
/// damaged; empty: nothing was, or there is no such file. Whoever calls it holds the run's lock.
/// Throws RequestError when the file is there and cannot be read, and std::runtime_error when it cannot be renamed.
std::string set_damaged_summary_aside(const std::filesystem::path& folder, const std::string& run);

/// Why the run failed the last time; empty: it did not.
std::optional<std::string> read_failure(const std::filesystem::path& folder, const std::string& run);

/// A number of an object; `otherwise` where there is none.
double number_or(const config::Json& object, const char* key, double otherwise);

}  // namespace staircase::runs
