#pragma once

#include "staircase/nn/classifier.h"
#include "staircase/plan/masked_autoencoder.h"

namespace staircase::nn {

/// A classifier's stem and stages, under its names, with a decoder in its head's place: decoder.enter.weight,
/// decoder.token, decoder.block.conv1.weight, decoder.leave.weight. There is no final norm and no drop path.
/// What is hidden of an image reaches no visible position: hidden positions are 0 behind the stem and each
/// downsampling, before each layer that sees other positions (so GRN sums over visible ones alone), and in what a
/// residual adds. That is what sparse convolutions over the visible positions compute.
/// Source: Woo et al. 2023, arXiv:2301.00808, section 3; GRN for each sample and weights of std .02, as it says there.
class MaskedAutoencoder : public Classifier {
 public:
  /// For images of which check_masked_autoencoding lets a network be pretrained.
  MaskedAutoencoder(const config::ModelOptions& options, plan::ImageSize image, int64_t decoder_width);

  /// x: (N, in_channels + 1, H, W) float: images, and behind them 1 where a cell is visible and 0 where it is hidden
  /// -> (N, cell_px^2 * in_channels, H / cell_px, W / cell_px) float, the pixels of each cell by row, column, channel.
  /// Throws std::invalid_argument naming the expected and the received shape.
  torch::Tensor forward(const torch::Tensor& x) override;
  /// The last stage's features: x as above -> (N, C, H / cell_px, W / cell_px), 0 where a cell is hidden.
  torch::Tensor encode(const torch::Tensor& x);

  std::vector<plan::LayerSpec> flat_layers() const override;
  std::shared_ptr<Classifier> another() const override;
  void set_checkpoint_activations(bool on) override { checkpoint_ = on; }

 private:
  /// (N, in_channels + 1, H, W) -> (N, 1, H / cell_px, W / cell_px).
  torch::Tensor visible_cells(const torch::Tensor& x) const;
  /// A block that leaves hidden positions out. visible: (N, 1, h, w), 1 or 0.
  torch::Tensor run_block(const Block& block, const torch::Tensor& x, const torch::Tensor& visible) const;

  int64_t decoder_width_, cell_px_;
  bool checkpoint_ = false;
  plan::DecoderPlan decoder_plan_;
  std::shared_ptr<Layer> enter_, token_, leave_;
  std::shared_ptr<Block> decoder_block_;
};

}  // namespace staircase::nn
