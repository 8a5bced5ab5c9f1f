#pragma once

#include <memory>
#include <vector>

#include <torch/types.h>

#include "staircase/config/task_metrics.h"
#include "staircase/data/loader.h"
#include "staircase/nn/block.h"
#include "staircase/train/job.h"
#include "staircase/train/mixing.h"

namespace staircase::nn {
class Classifier;
}

namespace staircase::train {

/// A micro-batch as a task sees it, on the CPU. The images are mixed already, the labels are not: the partner of
/// row i is row i from the end. In an evaluation nothing is mixed and the counter is 0.
struct TaskBatch {
  data::Batch batch;
  Mix mix;
  nn::StepCounter counter;  ///< for random numbers of the task's own
};

/// What a network is trained for. Without state: safe to share, and equal batches give equal tensors. Others fit so:
/// - a teacher (distillation): targets() runs it on batch.images, mixed as the student sees them, and gives two tensors;
/// - dense prediction: the data's labels are maps (N, H, W), and sums() are the entries of a confusion table.
class Task {
 public:
  virtual ~Task() = default;

  /// The names of what values() gives, and the primary one.
  virtual const config::TaskMetrics& metrics() const = 0;
  /// What enters the network: (N, C, H, W) float.
  virtual torch::Tensor inputs(const TaskBatch& batch) const { return batch.batch.images; }
  /// What loss() compares the outputs with, (N, ...) each.
  virtual std::vector<torch::Tensor> targets(const TaskBatch& batch) const = 0;
  /// Mean over the samples: a scalar with a gradient. outputs: float; both on the device.
  virtual torch::Tensor loss(const torch::Tensor& outputs, const std::vector<torch::Tensor>& targets) const = 0;

  /// What an evaluation adds up over its batches, in float64: of one batch. outputs: float, on the device.
  virtual std::vector<double> sums(const torch::Tensor& outputs, const TaskBatch& batch) const = 0;
  /// The metrics, in the order of metrics(), from the sums over `images` images.
  virtual std::vector<double> values(const std::vector<double>& sums, int64_t images) const = 0;
};

/// The job's own task, or the one that its recipe names.
std::shared_ptr<const Task> task_of(const TrainJob& job);

/// The network that this task trains, with neutral weights.
std::shared_ptr<nn::Classifier> network_of(const TrainJob& job);

}  // namespace staircase::train
