#pragma once

#include "staircase/train/task.h"

namespace staircase::train {

/// Outputs are logits (N, classes), targets smoothed and mixed labels (N, classes), the loss is their soft
/// cross-entropy. Metrics: config::classification_metrics(); top5 counts the best min(5, classes), the loss of an
/// evaluation is not smoothed.
class Classification : public Task {
 public:
  Classification(int64_t classes, double label_smoothing) : classes_(classes), label_smoothing_(label_smoothing) {}

  const config::TaskMetrics& metrics() const override { return config::classification_metrics(); }
  std::vector<torch::Tensor> targets(const TaskBatch& batch) const override;
  torch::Tensor loss(const torch::Tensor& outputs, const std::vector<torch::Tensor>& targets) const override;
  std::vector<double> sums(const torch::Tensor& outputs, const TaskBatch& batch) const override;
  std::vector<double> values(const std::vector<double>& sums, int64_t images) const override;

 private:
  int64_t classes_;
  double label_smoothing_;
};

}  // namespace staircase::train
