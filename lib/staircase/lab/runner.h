#pragma once

#include <atomic>
#include <filesystem>

#include "staircase/lab/estimate.h"
#include "staircase/lab/experiment.h"
#include "staircase/train/trainer.h"

namespace staircase::lab {

struct RunOptions {
  std::filesystem::path folder;
  torch::Device device = torch::kCPU;
};

/// What a run of an experiment tells while it goes on.
class RunObserver : public train::TrainObserver {
 public:
  /// `index`: of the run among `runs`, from 1.
  virtual void on_run_start(size_t index, size_t runs, const std::string& name, int64_t seed) {
    (void)index, (void)runs, (void)name, (void)seed;
  }
  virtual void on_run_end(const std::string& name, const config::Json& summary) { (void)name, (void)summary; }
  virtual void on_run_failed(const std::string& name, const std::string& reason) { (void)name, (void)reason; }
};

/// What a folder still lacks, and what that costs.
struct RunPlan {
  size_t runs = 0, done = 0;
  WorkEstimate work;                         ///< of the runs that are not done
  std::optional<double> smallest_difference;  ///< that the planned seeds can show; empty: no earlier seeds
  config::Json warnings = config::Json::array();  ///< of results.json: what could not be read
  config::Json to_json() const;
};

/// Checks everything that can be checked without training and says what would be done; times a few training
/// steps where no earlier run tells how long one takes. Writes nothing into the folder.
RunPlan plan_run(Experiment experiment, const std::filesystem::path& folder, torch::Device device = torch::kCPU);

/// Trains what the folder lacks, run by run, and keeps its reports up to date. Returns the content of
/// results.json. A run that fails is recorded with its reason and the others go on.
/// Throws RequestError before anything is written when the request is wrong, and Interrupted.
config::Json run_experiment(Experiment experiment, const RunOptions& options, RunObserver& observer,
                            const std::atomic<bool>& stop);

/// Rewrites the reports of a folder from what it holds. Returns the content of results.json.
/// Throws RequestError when the folder holds no experiment.
config::Json report_folder(const std::filesystem::path& folder);

/// The experiments of several folders as report_data gives them, labelled for a comparison. Writes nothing.
/// Throws RequestError when a folder holds no experiment.
std::vector<config::Json> read_experiments(const std::vector<std::filesystem::path>& folders);

}  // namespace staircase::lab
