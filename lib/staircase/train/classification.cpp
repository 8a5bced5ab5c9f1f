#include "staircase/train/classification.h"

#include <algorithm>

namespace staircase::train {

std::vector<torch::Tensor> Classification::targets(const TaskBatch& batch) const {
  return {mix_targets(batch.batch.labels, classes_, label_smoothing_, batch.mix)};
}

torch::Tensor Classification::loss(const torch::Tensor& outputs, const std::vector<torch::Tensor>& targets) const {
  return soft_cross_entropy(outputs, targets.at(0));
}

/// Hits of the best, hits of the best five, and the loss.
std::vector<double> Classification::sums(const torch::Tensor& outputs, const TaskBatch& batch) const {
  const torch::Tensor labels = batch.batch.labels.to(outputs.device());
  const torch::Tensor best = std::get<1>(outputs.topk(std::min<int64_t>(5, outputs.size(1)), 1));
  const torch::Tensor hits = best.eq(labels.unsqueeze(1));
  return {static_cast<double>(hits.slice(1, 0, 1).sum().item<int64_t>()),
          static_cast<double>(hits.sum().item<int64_t>()),
          at::cross_entropy_loss(outputs, labels, {}, at::Reduction::Sum).item<double>()};
}

std::vector<double> Classification::values(const std::vector<double>& sums, int64_t images) const {
  const auto count = static_cast<double>(images);
  return {100.0 * sums.at(0) / count, 100.0 * sums.at(1) / count, sums.at(2) / count};
}

}  // namespace staircase::train
