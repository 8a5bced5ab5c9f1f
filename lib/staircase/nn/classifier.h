#pragma once

#include <memory>
#include <vector>

#include "staircase/config/init_options.h"
#include "staircase/nn/block.h"

namespace staircase::nn {

/// An image classifier built from a plan: stem, stages of blocks, head.
/// Parameter names: stem.conv.weight, stages.0.blocks.0.conv1.weight,
/// stages.0.blocks.0.shortcut.conv.weight, stages.1.downsample.conv.weight, head.linear.weight, ...
class Classifier : public torch::nn::Module {
 public:
  /// Builds the network with neutral parameters; initialize() or loaded weights fill them.
  /// image: the size that the network is planned for; it takes others too.
  /// Throws config::ConfigError as plan_model does.
  explicit Classifier(const config::ModelOptions& options, plan::ImageSize image = plan::default_image);

  /// x: (N, in_channels, H, W) float, normalized -> logits (N, num_classes) float.
  /// Throws std::invalid_argument naming the expected and the received shape.
  virtual torch::Tensor forward(const torch::Tensor& x);
  /// Every layer with its whole path as name, for initialize().
  virtual std::vector<plan::LayerSpec> flat_layers() const { return plan::flat_layers(plan_); }
  /// Another network of the same layers, with neutral parameters.
  virtual std::shared_ptr<Classifier> another() const { return std::make_shared<Classifier>(options_, plan_.image); }

  /// Drop path linear over the blocks, from 0 (first) to `rate` (last).
  void set_drop_path(double rate);
  /// Whether training keeps the inputs alone of the blocks, and computes the rest anew in the backward pass: less
  /// memory, more time, the same gradients.
  virtual void set_checkpoint_activations(bool on);
  /// Keeps everything up to and including a part as it is: no gradients, and evaluation mode (batch
  /// statistics, no drop path) also while the rest trains.
  void freeze(config::Freeze upto);
  void train(bool on = true) override;

  /// Which random numbers the next forward pass in training mode draws.
  void set_step(const StepCounter& counter) { *counter_ = counter; }

  const config::ModelOptions& options() const { return options_; }
  const plan::ModelPlan& plan() const { return plan_; }
  const std::vector<std::shared_ptr<Block>>& blocks() const { return blocks_; }

 protected:
  /// Of a plan of these options, which may lack its head.
  Classifier(plan::ModelPlan planned, const config::ModelOptions& options);

  std::shared_ptr<StepCounter> counter_ = std::make_shared<StepCounter>();
  std::shared_ptr<Chain> stem_;
  std::vector<std::shared_ptr<torch::nn::Module>> body_;  // downsampling chains and blocks as they run

 private:
  config::ModelOptions options_;
  plan::ModelPlan plan_;
  std::shared_ptr<Chain> head_;
  std::vector<std::shared_ptr<Block>> blocks_;
  std::vector<std::shared_ptr<torch::nn::Module>> stages_, frozen_;
};

/// A named tensor of a module: a parameter or a buffer.
struct NamedTensor {
  std::string name;
  torch::Tensor tensor;
  bool is_parameter;
};

/// Parameters, then buffers, in the order of their registration.
std::vector<NamedTensor> named_state(const torch::nn::Module& module);

}  // namespace staircase::nn
