#pragma once

#include <memory>
#include <set>

#include "staircase/train/average.h"
#include "staircase/train/checkpoint.h"
#include "staircase/train/optimizer.h"
#include "staircase/train/start.h"
#include "staircase/train/trainer.h"

namespace staircase::train {

/// Everything of a run that changes while it trains, and nothing else.
struct RunState {
  /// The network with neutral weights; start() or restore() fills it.
  explicit RunState(const TrainJob& job);
  /// Fills the weights for step 0. Returns what of them came from a file.
  LoadedWeights start(const TrainJob& job);

  std::shared_ptr<nn::Classifier> model;
  Shares shares;  ///< of the optimizer's state and the average
  std::unique_ptr<Optimizer> optimizer;
  std::unique_ptr<WeightAverage> average;        ///< null: the recipe has none
  int64_t epoch = 0, batch = 0, step = 0;        ///< the next to be done, 0-based
  double loss_sum = 0;                           ///< over the batches of this epoch that are done
  config::Json metrics = config::Json::array();  ///< the lines of metrics.jsonl
  std::set<size_t> bad_images;

  /// Whole, whoever keeps its tensors. Each process of a group calls it; it is rank 0's, and empty elsewhere.
  Checkpoint to_checkpoint(const TrainJob& job) const;
  /// Takes what of the checkpoint this process keeps.
  /// Throws RequestError when the checkpoint is of another configuration, seed or number of threads.
  void restore(const Checkpoint& checkpoint, const TrainJob& job);
  /// Gives what rank 0 started, or restored from the checkpoint, to all processes of the job's group.
  void share(const TrainJob& job, const std::optional<Checkpoint>& restored);
  /// Of all tensors that every process has: equal where two processes hold the same bytes.
  std::string fingerprint() const;

 private:
  std::vector<KeptTensor> tensors() const;
  config::Json counters(const TrainJob& job) const;
  void restore_counters(const config::Json& state);
};

}  // namespace staircase::train
