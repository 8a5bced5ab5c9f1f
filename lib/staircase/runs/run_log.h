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
  std::optional<double>
      latency_ms;  ///< of one image, median; empty: the run is not done, or from before it was measured
  std::vector<std::string> warnings;  ///< of damaged lines

  /// In training; empty: nothing was timed.
  std::optional<double> images_per_second() const;
  /// Training and evaluation together; empty: nothing was timed.
  std::optional<double> seconds() const;
};

/// `folder`: of the experiment; `run`: the name of the run, runs/RUN in it.
RunTiming read_timing(const std::filesystem::path& folder, const std::string& run);

/// The lines of the run's metrics.jsonl, an epoch a line.
config::JsonLines read_metrics(const std::filesystem::path& folder, const std::string& run);

/// A number of an object; `otherwise` where there is none.
double number_or(const config::Json& object, const char* key, double otherwise);

}  // namespace staircase::runs
