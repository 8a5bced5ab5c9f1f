#pragma once

#include <memory>

#include "staircase/config/recipe_options.h"
#include "staircase/nn/classifier.h"

namespace staircase::train {

/// Exponential moving average of a model's parameters and floating-point buffers; integers are copied.
/// One update an optimizer step: average = decay_t * average + (1 - decay_t) * model, from a copy of
/// the model at the start. With warmup, decay_t = min(decay, 1 - (1 + t)^(-2/3)), t = 0 the first.
class WeightAverage {
 public:
  WeightAverage(const std::shared_ptr<nn::Classifier>& model, double decay, bool warmup);

  /// Starts anew from a copy of the model as it is now.
  void restart();
  void update();
  /// The model with the averaged weights, in evaluation mode.
  const std::shared_ptr<nn::Classifier>& model() const { return average_; }
  int64_t updates() const { return updates_; }
  void set_updates(int64_t updates) { updates_ = updates; }

 private:
  double decay_;
  bool warmup_;
  int64_t updates_ = 0;
  std::shared_ptr<nn::Classifier> average_;
  std::vector<torch::Tensor> averaged_, source_, integers_, integer_source_;
};

}  // namespace staircase::train
