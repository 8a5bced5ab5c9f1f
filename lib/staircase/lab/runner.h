#pragma once

#include <atomic>
#include <filesystem>

#include "staircase/lab/estimate.h"
#include "staircase/lab/experiment.h"
#include "staircase/lab/observer.h"

namespace staircase::lab {

struct RunOptions {
  std::filesystem::path folder;
  std::vector<torch::Device> devices{torch::kCPU};  ///< runs side by side take them in turn
  int64_t jobs = 1;                                 ///< runs side by side, each in a process of its own when over 1
  /// Path of a program and the words after which it calls work(); needed for jobs over 1.
  std::vector<std::string> worker_program;
};

/// What a folder still lacks, and what that costs.
struct RunPlan {
  size_t runs = 0, done = 0;
  WorkEstimate work;                         ///< of the runs that are not done
  std::optional<SmallestShown> smallest;  ///< that the planned seeds can show; empty: no earlier seeds
  config::Json warnings = config::Json::array();  ///< of results.json: what could not be read
  config::Json to_json() const;
};

/// Checks everything that can be checked without training and says what would be done; times a few training
/// steps where no earlier run tells how long one takes. Writes nothing into the folder.
RunPlan plan_run(Experiment experiment, const RunOptions& options);

/// Trains what the folder lacks and keeps its reports up to date. Returns the content of results.json. Programs
/// that run the same folder share the work. A run that fails, or whose process dies, is recorded with its reason
/// and the others go on.
/// Throws RequestError before anything is written when the request is wrong, and Interrupted.
config::Json run_experiment(Experiment experiment, const RunOptions& options, ExperimentObserver& observer,
                            const std::atomic<bool>& stop);

/// Rewrites the reports of a folder from what it holds. Returns the content of results.json.
/// Throws RequestError when the folder holds no experiment.
config::Json report_folder(const std::filesystem::path& folder);

/// The experiments of several folders as report_data gives them, labelled for a comparison. Writes nothing.
/// Throws RequestError when a folder holds no experiment.
std::vector<config::Json> read_experiments(const std::vector<std::filesystem::path>& folders);

}  // namespace staircase::lab
