#pragma once

#include <functional>
#include <memory>
#include <string>

#include "staircase/nn/classifier.h"
#include "staircase/train/gradient_sum.h"
#include "staircase/train/schedule.h"
#include "staircase/train/task.h"

namespace staircase::train {

/// Throws processes::FailedTogether, a std::runtime_error, naming `what` and the step (1-based) unless the value is
/// finite.
void require_finite(double value, const std::string& what, int64_t step, const StepCount& steps);

/// What a step came to; the same in all processes.
struct StepResult {
  double loss = 0;  ///< mean over the batch
  StepWishes wishes;
};

/// Loss and gradients of one optimizer step, micro-batch after micro-batch; in a group, those that are this process's,
/// and the sums of all.
class StepGradients {
 public:
  /// The job must outlive this.
  StepGradients(const TrainJob& job, std::shared_ptr<const Task> task);

  /// Of the step, by all processes.
  int64_t micro_batches() const { return micro_batches_; }

  /// Leaves the gradients of the mean loss over the batch in the parameters, which hold none before. The same model
  /// each time. `step`: from 0. `next`: this process's micro-batches of the step, images mixed, one a call.
  /// Throws processes::FailedTogether with the step when the loss is not finite.
  StepResult take(nn::Classifier& model, int64_t step, const std::function<data::Batch()>& next,
                  const StepWishes& wishes = {});

 private:
  torch::Tensor loss_of(nn::Classifier& model, const TaskBatch& batch) const;

  const TrainJob& job_;
  std::shared_ptr<const Task> task_;
  StepCount steps_;
  int64_t micro_batches_;
  std::unique_ptr<GradientSum> sum_;
};

}  // namespace staircase::train
