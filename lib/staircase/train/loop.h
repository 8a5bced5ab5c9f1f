#pragma once

#include <atomic>
#include <map>
#include <memory>

#include "staircase/base/clock.h"
#include "staircase/data/loader.h"
#include "staircase/train/checkpoint.h"
#include "staircase/train/job.h"
#include "staircase/train/observer.h"
#include "staircase/train/run_files.h"
#include "staircase/train/run_state.h"
#include "staircase/train/schedule.h"
#include "staircase/train/step.h"

namespace staircase::train {

/// The epochs of one run: schedule, checkpoints, evaluations, stop. In a group all processes go through them together;
/// rank 0 alone reads and writes the run's folder.
class TrainLoop {
 public:
  /// For a job that check_job() lets through, in a folder that exists. All three must outlive this.
  TrainLoop(const TrainJob& job, TrainObserver& observer, const std::atomic<bool>& stop);

  /// See train().
  config::Json run();

 private:
  std::function<void(const std::string&)> warn() const;
  /// Whether this process has the run's folder.
  bool leads() const;
  void start_or_go_on();
  /// What it went on from; empty: it started.
  std::optional<Checkpoint> load_or_start();
  void tell_of_start(const LoadedWeights& loaded);
  void train_epoch();
  StepResult take_step(double learning_rate);
  void report_step(double loss, double learning_rate);
  bool is_checkpoint_due() const;
  void save_checkpoint();
  void save_when_due(const StepWishes& wishes);
  /// What processes without the folder have found, to rank 0: damaged images, and warnings.
  void gather_findings();
  std::set<size_t> bad_images_of(const data::Loader& loader, const data::Dataset& part) const;
  /// Other processors, or other libraries, may round otherwise: then the processes train different networks.
  void check_same_weights() const;
  void finish_epoch();
  /// By classes, one a model; none where the task is another than classification.
  std::vector<ClassResults> evaluate_part(config::Json& line, const std::shared_ptr<const data::Dataset>& part,
                                          const std::string& prefix);
  void write_evaluation(const std::vector<ClassResults>& classes);
  config::Json finish();

  const TrainJob& job_;
  const config::RecipeOptions& recipe_;
  TrainObserver& observer_;
  const std::atomic<bool>& stop_;
  std::shared_ptr<const Task> task_;
  StepCount steps_;
  CheckpointStore checkpoints_;
  RunFiles files_;
  RunState state_;
  StepGradients gradients_;
  std::unique_ptr<data::Loader> train_loader_;
  std::map<const data::Dataset*, std::unique_ptr<data::Loader>> eval_loaders_;  // kept: each names a damaged image once
  Clock::time_point epoch_start_, last_checkpoint_;
  int64_t epoch_batches_ = 0;  // done by this process
  double train_seconds_ = 0;
  mutable std::vector<std::string> warnings_;  // of a process that has nobody to tell
};

}  // namespace staircase::train
