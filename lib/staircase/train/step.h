#pragma once

#include <functional>
#include <memory>
#include <string>

#include "staircase/nn/classifier.h"
#include "staircase/train/schedule.h"
#include "staircase/train/task.h"

namespace staircase::train {

/// Throws std::runtime_error naming `what` and the step (1-based) unless the value is finite.
void require_finite(double value, const std::string& what, int64_t step, const StepCount& steps);

/// Loss and gradients of one optimizer step, micro-batch after micro-batch.
class StepGradients {
 public:
  /// The job must outlive this.
  StepGradients(const TrainJob& job, std::shared_ptr<const Task> task);

  int64_t micro_batches() const { return micro_batches_; }

  /// Adds the gradients of the mean loss over the batch to those that the parameters hold, and returns that loss.
  /// `step`: from 0. `next`: the micro-batches of the step, images mixed; called micro_batches() times.
  /// Throws std::runtime_error with the step when the loss is not finite.
  double add(nn::Classifier& model, int64_t step, const std::function<data::Batch()>& next) const;

 private:
  torch::Tensor loss_of(nn::Classifier& model, const TaskBatch& batch) const;

  const TrainJob& job_;
  std::shared_ptr<const Task> task_;
  StepCount steps_;
  int64_t micro_batches_;
};

}  // namespace staircase::train
