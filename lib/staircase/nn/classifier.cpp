#include "staircase/nn/classifier.h"

#include <sstream>
#include <stdexcept>

namespace staircase::nn {

Classifier::Classifier(const config::ModelOptions& options, plan::ImageSize image)
    : Classifier(plan::plan_model(options, image), options) {}

Classifier::Classifier(plan::ModelPlan planned, const config::ModelOptions& options)
    : options_(options), plan_(std::move(planned)) {
  if (!options_.num_classes && !plan_.head.empty()) options_.num_classes = plan_.head.back().out;
  if (!options_.in_channels) options_.in_channels = plan_.stem.front().in;
  if (!options_.image_size_px && plan::has_position_table(options_)) options_.image_size_px = plan_.image.height;
  stem_ = register_module("stem", std::make_shared<Chain>(plan_.stem));
  auto stages = register_module("stages", std::make_shared<torch::nn::Module>());
  for (size_t s = 0; s < plan_.stages.size(); ++s) {
    auto stage = stages->register_module(std::to_string(s), std::make_shared<torch::nn::Module>());
    if (!plan_.stages[s].downsample.empty())
      body_.push_back(stage->register_module("downsample", std::make_shared<Chain>(plan_.stages[s].downsample)));
    stages_.push_back(stage);
    auto blocks = stage->register_module("blocks", std::make_shared<torch::nn::Module>());
    for (size_t b = 0; b < plan_.stages[s].blocks.size(); ++b) {
      const auto index = static_cast<int64_t>(blocks_.size());
      auto block = std::make_shared<Block>(plan_.stages[s].blocks[b], index, counter_);
      blocks->register_module(std::to_string(b), block);
      blocks_.push_back(block);
      body_.push_back(block);
    }
  }
  head_ = register_module("head", std::make_shared<Chain>(plan_.head));
}

torch::Tensor Classifier::forward(const torch::Tensor& x) {
  if (x.dim() != 4 || x.size(1) != options_.in_channels) {
    std::ostringstream received;
    received << x.sizes();
    throw std::invalid_argument("Classifier: expected images (N, " + std::to_string(options_.in_channels) +
                                ", H, W), received " + received.str());
  }
  torch::Tensor y = stem_->forward(x.contiguous(torch::MemoryFormat::ChannelsLast));
  for (const auto& module : body_) {
    if (auto* block = dynamic_cast<Block*>(module.get())) y = block->forward(y);
    else y = static_cast<Chain*>(module.get())->forward(y);
  }
  return head_->forward(y).to(x.scalar_type());
}

void Classifier::set_drop_path(double rate) {
  const auto last = static_cast<double>(blocks_.size()) - 1;
  for (size_t i = 0; i < blocks_.size(); ++i)
    blocks_[i]->set_drop_path(last > 0 ? rate * static_cast<double>(i) / last : rate);
}

void Classifier::set_checkpoint_activations(bool on) {
  for (const auto& block : blocks_) block->set_checkpoint(on);
}

void Classifier::freeze(config::Freeze upto) {
  frozen_.clear();
  if (upto != config::Freeze::none) frozen_.push_back(stem_);
  const auto stages =
      upto == config::Freeze::backbone ? stages_.size() : static_cast<size_t>(upto) - (upto != config::Freeze::none);
  for (size_t s = 0; s < std::min(stages, stages_.size()); ++s) frozen_.push_back(stages_[s]);
  if (upto == config::Freeze::backbone)
    for (const auto& layer : head_->layers())
      if (layer->spec().kind != plan::LayerKind::linear) frozen_.push_back(layer);
  for (auto& parameter : parameters()) parameter.set_requires_grad(true);
  for (const auto& module : frozen_)
    for (auto& parameter : module->parameters()) parameter.set_requires_grad(false);
  train(is_training());
}

void Classifier::train(bool on) {
  Module::train(on);
  for (const auto& module : frozen_) module->eval();
}

std::vector<NamedTensor> named_state(const torch::nn::Module& module) {
  std::vector<NamedTensor> state;
  for (const auto& item : module.named_parameters()) state.push_back({item.key(), item.value(), true});
  for (const auto& item : module.named_buffers()) state.push_back({item.key(), item.value(), false});
  return state;
}

}  // namespace staircase::nn
