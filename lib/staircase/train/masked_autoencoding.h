#pragma once

#include "staircase/train/task.h"

namespace staircase::train {

/// Pretraining: the network sees some cells of each image and gives the pixels of the others (nn::MaskedAutoencoder).
/// Which cells are hidden is drawn from the batch's counter, for each image anew; in an evaluation, which has none, it
/// is the image's place that decides, so every network is asked for the same cells.
/// The loss is the squared error to a hidden cell's pixels, which are normalized by the cell's own mean and standard
/// deviation, as the mean in the cell and over the hidden cells.
/// Source: Woo et al. 2023, arXiv:2301.00808, section 3; the target: He et al. 2021, arXiv:2111.06377.
class MaskedAutoencoding : public Task {
 public:
  /// cell_px: side of a cell. hidden_share: of an image's cells, see plan::visible_cells.
  MaskedAutoencoding(int64_t cell_px, double hidden_share) : cell_px_(cell_px), hidden_share_(hidden_share) {}

  const config::TaskMetrics& metrics() const override { return config::masked_autoencoding_metrics(); }
  /// The images, and behind their channels 1 where a pixel is visible, 0 where it is hidden.
  torch::Tensor inputs(const TaskBatch& batch) const override;
  /// Normalized pixels (N, cell_px^2 * C, h, w), and 1 where a cell is hidden (N, h, w).
  std::vector<torch::Tensor> targets(const TaskBatch& batch) const override;
  torch::Tensor loss(const torch::Tensor& outputs, const std::vector<torch::Tensor>& targets) const override;
  std::vector<double> sums(const torch::Tensor& outputs, const TaskBatch& batch) const override;
  std::vector<double> values(const std::vector<double>& sums, int64_t images) const override;

  /// What is hidden: (N, h, w) float, 1 or 0, as many in each image.
  torch::Tensor hidden(const TaskBatch& batch) const;
  /// The images with the outputs in their hidden cells, in the cells' own brightness and contrast: (N, C, H, W).
  torch::Tensor filled_in(const torch::Tensor& outputs, const TaskBatch& batch) const;

 private:
  int64_t cell_px_;
  double hidden_share_;
};

}  // namespace staircase::train
