#include "staircase/nn/masked_autoencoder.h"

#include <sstream>
#include <stdexcept>

#include "staircase/nn/recompute.h"

namespace staircase::nn {
namespace {

plan::ModelPlan without_head(plan::ModelPlan plan) {
  plan.head.clear();
  return plan;
}

/// What is visible at the positions of y, in its type. cells: (N, 1, h, w), 1 or 0 -> (N, 1, H, W) of y: (N, C, H, W).
torch::Tensor visible_at(const torch::Tensor& y, const torch::Tensor& cells) {
  const int64_t side = y.size(2) / cells.size(2);
  return cells.repeat_interleave(side, 2).repeat_interleave(side, 3).to(y.scalar_type());
}

/// Runs a chain of which each layer that sees other positions finds 0 at the hidden ones. x is 0 there already.
torch::Tensor run_masked(const LayerList& layers, torch::Tensor x, const torch::Tensor& visible) {
  LayerList in_a_row;  // run_layers joins what it can
  for (const auto& layer : layers) {
    if (plan::sees_other_positions(layer->spec()) && !in_a_row.empty()) {
      x = run_layers(in_a_row, x) * visible;
      in_a_row.clear();
    }
    in_a_row.push_back(layer);
  }
  return run_layers(in_a_row, x);
}

torch::Tensor run_residuals(const Block& block, torch::Tensor y, const torch::Tensor& visible) {
  for (const Block::Residual& residual : block.residuals()) {
    ops::BranchScale scale;
    if (residual.layer_scale) scale.of_channels = (*residual.layer_scale)[""];
    const torch::Tensor branch = run_masked(residual.layers, y, visible) * visible;
    if (!residual.shortcut.empty()) y = run_layers(residual.shortcut, y) * visible;
    y = run_layers(residual.after, ops::residual(y, branch, scale));  // an activation of 0 is 0
  }
  return y;
}

}  // namespace

MaskedAutoencoder::MaskedAutoencoder(const config::ModelOptions& options, plan::ImageSize image, int64_t decoder_width)
    : Classifier(without_head(plan::plan_model(options, image)), options),
      decoder_width_(decoder_width),
      cell_px_(plan::cell_px(plan())),
      decoder_plan_(plan::plan_decoder(plan(), decoder_width)) {
  auto decoder = register_module("decoder", std::make_shared<torch::nn::Module>());
  enter_ = register_layer(*decoder, decoder_plan_.enter);
  token_ = register_layer(*decoder, decoder_plan_.token);
  decoder_block_ = std::make_shared<Block>(decoder_plan_.block, static_cast<int64_t>(blocks().size()), counter_);
  decoder->register_module("block", decoder_block_);
  leave_ = register_layer(*decoder, decoder_plan_.leave);
}

torch::Tensor MaskedAutoencoder::run_block(const Block& block, const torch::Tensor& x,
                                           const torch::Tensor& visible) const {
  if (!checkpoint_) return run_residuals(block, x, visible);
  return recomputed(
      block, [&block, visible](const torch::Tensor& input) { return run_residuals(block, input, visible); }, x);
}

torch::Tensor MaskedAutoencoder::visible_cells(const torch::Tensor& x) const {
  return x.narrow(1, x.size(1) - 1, 1).slice(2, 0, x.size(2), cell_px_).slice(3, 0, x.size(3), cell_px_);
}

torch::Tensor MaskedAutoencoder::encode(const torch::Tensor& x) {
  const int64_t channels = options().in_channels;
  if (x.dim() != 4 || x.size(1) != channels + 1 || x.size(2) % cell_px_ != 0 || x.size(3) % cell_px_ != 0) {
    std::ostringstream received;
    received << x.sizes();
    throw std::invalid_argument("MaskedAutoencoder: expected images and what is visible (N, " +
                                std::to_string(channels + 1) + ", H, W) with sides of " + std::to_string(cell_px_) +
                                " px cells, received " + received.str());
  }
  const torch::Tensor cells = visible_cells(x);
  torch::Tensor y = stem_->forward(x.narrow(1, 0, channels).contiguous(torch::MemoryFormat::ChannelsLast));
  torch::Tensor visible = visible_at(y, cells);
  y = y * visible;
  for (const auto& module : body_) {
    if (const auto* block = dynamic_cast<const Block*>(module.get())) {
      y = run_block(*block, y, visible);
    } else {
      y = static_cast<Chain*>(module.get())->forward(y);
      visible = visible_at(y, cells);
      y = y * visible;
    }
  }
  return y;
}

torch::Tensor MaskedAutoencoder::forward(const torch::Tensor& x) {
  const torch::Tensor y = enter_->forward(encode(x));
  const torch::Tensor visible = visible_at(y, visible_cells(x));
  const torch::Tensor token = (*token_)[""].view({1, -1, 1, 1}).to(y.scalar_type());
  const torch::Tensor filled = (y * visible + token * (1 - visible)).contiguous(torch::MemoryFormat::ChannelsLast);
  return leave_->forward(decoder_block_->forward(filled)).to(x.scalar_type());
}

std::vector<plan::LayerSpec> MaskedAutoencoder::flat_layers() const {
  std::vector<plan::LayerSpec> layers = Classifier::flat_layers();
  const std::vector<plan::LayerSpec> decoder = plan::flat_layers(decoder_plan_);
  layers.insert(layers.end(), decoder.begin(), decoder.end());
  return layers;
}

std::shared_ptr<Classifier> MaskedAutoencoder::another() const {
  return std::make_shared<MaskedAutoencoder>(options(), plan().image, decoder_width_);
}

}  // namespace staircase::nn
