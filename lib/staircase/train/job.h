#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include <torch/types.h>

#include "staircase/config/configuration.h"
#include "staircase/data/dataset.h"

namespace staircase::processes {
class ProcessGroup;
}

namespace staircase::train {

class Task;

/// One training run. The folder receives config.json, metrics.jsonl, timing.jsonl, checkpoints/, weights.safetensors,
/// weights_raw.safetensors where there is an average, start.json where it starts from a file, per_class.json,
/// correct.bits, damaged_images.json where it met some (see RunFiles) and, last, summary.json.
struct TrainJob {
  config::Configuration configuration;  ///< resolved: classes and channels are the data's
  int64_t seed = 0;
  std::filesystem::path folder;
  data::DataSource data;
  torch::Device device = torch::kCPU;
  int threads = 1;                   ///< of LibTorch's operations; part of what decides the result
  int loader_workers = 1;            ///< decides nothing but speed
  double checkpoint_minutes = 10.0;  ///< beside the checkpoint at the end of every epoch
  std::shared_ptr<const Task> task;  ///< empty: the one that the recipe names
  /// The processes that share the work; empty: this one alone. Their number decides no byte of the result.
  std::shared_ptr<processes::ProcessGroup> group;
};

/// Refuses more images a step than there are, and fewer than the norm needs. `source`: the experiment's file, for
/// messages. Throws config::ConfigError.
void check_batch_size(const TrainJob& job, const std::string& source);

/// Refuses a number of processes that cannot share the micro-batches of a step, naming the largest that can.
/// `source` as above. Throws config::ConfigError.
void check_processes(const config::RecipeOptions& recipe, int64_t processes, const std::string& source);

/// Everything that can be refused before a step is done: fields that cannot go together, more images a
/// step than there are. `source` as above. Throws RequestError.
void check_job(const TrainJob& job, const std::string& source = {});

}  // namespace staircase::train
