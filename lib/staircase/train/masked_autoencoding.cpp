#include "staircase/train/masked_autoencoding.h"

#include <numeric>

#include "staircase/base/random.h"
#include "staircase/plan/masked_autoencoder.h"

namespace staircase::train {
namespace {

using torch::Tensor;

/// (N, C, H, W) -> (N, cell^2 * C, h, w), the pixels of a cell by row, column, channel.
Tensor cells_of(const Tensor& images, int64_t cell) {
  const int64_t n = images.size(0), channels = images.size(1), h = images.size(2) / cell, w = images.size(3) / cell;
  return images.reshape({n, channels, h, cell, w, cell})
      .permute({0, 3, 5, 1, 2, 4})
      .reshape({n, cell * cell * channels, h, w});
}

/// The reverse.
Tensor images_of(const Tensor& cells, int64_t cell) {
  const int64_t n = cells.size(0), h = cells.size(2), w = cells.size(3), channels = cells.size(1) / (cell * cell);
  return cells.reshape({n, cell, cell, channels, h, w})
      .permute({0, 3, 4, 1, 5, 2})
      .reshape({n, channels, h * cell, w * cell});
}

struct NormalizedCells {
  Tensor pixels, mean, std;
};

NormalizedCells normalized_cells(const Tensor& images, int64_t cell) {
  const Tensor pixels = cells_of(images, cell), mean = pixels.mean(1, /*keepdim=*/true);
  const Tensor std = (pixels.var(1, /*unbiased=*/true, /*keepdim=*/true) + 1e-6).sqrt();
  return {(pixels - mean) / std, mean, std};
}

/// (N, h, w) -> (N, 1, H, W).
Tensor at_pixels(const Tensor& cells, int64_t cell) {
  return cells.unsqueeze(1).repeat_interleave(cell, 2).repeat_interleave(cell, 3);
}

/// Puts `count` numbers that are drawn among those of `all` at its start.
void draw_to_start(std::vector<int64_t>& all, int64_t count, RandomStream& random) {
  for (int64_t i = 0; i < count; ++i) {
    const auto left = static_cast<uint64_t>(static_cast<int64_t>(all.size()) - i);
    std::swap(all[static_cast<size_t>(i)], all[static_cast<size_t>(i) + random.below(left)]);
  }
}

}  // namespace

Tensor MaskedAutoencoding::hidden(const TaskBatch& batch) const {
  const Tensor& images = batch.batch.images;
  const int64_t h = images.size(2) / cell_px_, w = images.size(3) / cell_px_, cells = h * w;
  const int64_t visible = plan::visible_cells(cells, hidden_share_);
  Tensor hidden = torch::ones({images.size(0), cells});
  std::vector<int64_t> order(static_cast<size_t>(cells));
  for (int64_t i = 0; i < images.size(0); ++i) {
    RandomStream random(
        mix_key({hash_text("hidden cells"), batch.counter.seed, static_cast<uint64_t>(batch.counter.step),
                 static_cast<uint64_t>(batch.batch.index), static_cast<uint64_t>(batch.batch.rows.place(i))}));
    std::iota(order.begin(), order.end(), 0);
    draw_to_start(order, visible, random);
    float* row = hidden.data_ptr<float>() + i * cells;
    for (int64_t k = 0; k < visible; ++k) row[order[static_cast<size_t>(k)]] = 0;
  }
  return hidden.view({images.size(0), h, w});
}

Tensor MaskedAutoencoding::inputs(const TaskBatch& batch) const {
  return at::cat({batch.batch.images, 1 - at_pixels(hidden(batch), cell_px_)}, 1);
}

std::vector<Tensor> MaskedAutoencoding::targets(const TaskBatch& batch) const {
  return {normalized_cells(batch.batch.images, cell_px_).pixels, hidden(batch)};
}

Tensor MaskedAutoencoding::loss(const Tensor& outputs, const std::vector<Tensor>& targets) const {
  const Tensor &hidden = targets.at(1), of_cells = (outputs - targets.at(0)).square().mean(1);
  return (of_cells * hidden).sum() / hidden.sum();
}

/// As many cells are hidden in every image, so the mean over images is that over cells.
std::vector<double> MaskedAutoencoding::sums(const Tensor& outputs, const TaskBatch& batch) const {
  std::vector<Tensor> its = targets(batch);
  for (Tensor& each : its) each = each.to(outputs.device());
  return {loss(outputs, its).item<double>() * static_cast<double>(batch.batch.images.size(0))};
}

std::vector<double> MaskedAutoencoding::values(const std::vector<double>& sums, int64_t images) const {
  return {sums.at(0) / static_cast<double>(images)};
}

Tensor MaskedAutoencoding::filled_in(const Tensor& outputs, const TaskBatch& batch) const {
  const NormalizedCells cells = normalized_cells(batch.batch.images, cell_px_);
  const Tensor drawn = images_of(outputs * cells.std + cells.mean, cell_px_);
  return at::where(at_pixels(hidden(batch), cell_px_) > 0, drawn, batch.batch.images);
}

}  // namespace staircase::train
