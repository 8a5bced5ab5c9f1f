#pragma once

#include <atomic>
#include <filesystem>
#include <string>

#include <torch/types.h>

#include "staircase/config/configuration.h"
#include "staircase/data/dataset.h"

namespace staircase::train {

/// One training run. The folder receives config.json, metrics.jsonl, timing.jsonl, checkpoints/,
/// weights.safetensors and, last, summary.json.
struct TrainJob {
  config::Configuration configuration;  ///< resolved: classes and channels are the data's
  int64_t seed = 0;
  std::filesystem::path folder;
  data::DataSource data;
  torch::Device device = torch::kCPU;
  int threads = 1;                   ///< of LibTorch's operations; part of what decides the result
  int loader_workers = 1;            ///< decides nothing but speed
  double checkpoint_minutes = 10.0;  ///< beside the checkpoint at the end of every epoch
};

/// Where a run stands, for displays.
struct StepReport {
  int64_t epoch = 0, epochs = 0;  ///< 1-based
  int64_t step = 0, steps = 0;    ///< optimizer steps of the whole run, 1-based
  double loss = 0, learning_rate = 0, images_per_second = 0, seconds_left = 0;
};

/// What a run tells while it goes on. The library never prints.
class TrainObserver {
 public:
  virtual ~TrainObserver() = default;
  virtual void on_step(const StepReport&) {}
  /// `line`: what went into metrics.jsonl for this epoch.
  virtual void on_epoch(const config::Json& line) { (void)line; }
  virtual void on_warning(const std::string&) {}
};

/// Everything that can be refused before a step is done: fields that cannot go together, more images a
/// step than there are. Throws RequestError.
void check_job(const TrainJob& job);

/// Refuses a folder whose newest checkpoint belongs to another configuration, seed or number of threads. Throws RequestError.
void check_checkpoint(const TrainJob& job);

/// Trains, or goes on from the newest checkpoint in the folder, and returns the content of summary.json.
/// timing.jsonl ends with the finished network's latency at batch 1, measured for at most a second or few passes.
/// On the CPU the result does not depend on how often and when it was interrupted, to the bit.
/// Throws Interrupted after a checkpoint once `stop` is set; std::runtime_error with the step number
/// when the loss of training or of an evaluation is not finite, and naming the path when a file cannot be written; RequestError when
/// the checkpoint belongs to another model or there are fewer images than one batch.
config::Json train(const TrainJob& job, TrainObserver& observer, const std::atomic<bool>& stop);

}  // namespace staircase::train
