#pragma once

#include <memory>

#include "staircase/config/recipe_options.h"
#include "staircase/train/shares.h"

namespace staircase::train {

/// Exponential moving average of a model's parameters and floating-point buffers; integers are copied.
/// One update an optimizer step: average = decay_t * average + (1 - decay_t) * model, from a copy of
/// the model at the start. With warmup, decay_t = min(decay, 1 - (1 + t)^(-2/3)), t = 0 the first.
class WeightAverage {
 public:
  /// Of several shares this one has and moves the parameters that are its own.
  WeightAverage(const std::shared_ptr<nn::Classifier>& model, double decay, bool warmup, const Shares& shares = {});

  /// Starts anew from a copy of the model as it is now.
  void restart();
  void update();
  /// The model with the averaged weights, in evaluation mode. With several shares it is whole from complete() to
  /// forget() alone, which all processes call.
  const std::shared_ptr<nn::Classifier>& model() const { return average_; }
  void complete();
  void forget();
  /// Under the model's names, for checkpoints.
  std::vector<KeptTensor> state() const;
  int64_t updates() const { return updates_; }
  void set_updates(int64_t updates) { updates_ = updates; }

 private:
  /// A parameter that another process averages: without numbers between forget() and complete().
  struct Elsewhere {
    torch::Tensor tensor;
    std::vector<int64_t> sizes, strides;
  };

  double decay_;
  bool warmup_;
  int64_t updates_ = 0;
  std::shared_ptr<nn::Classifier> average_;
  Shares shares_;
  std::vector<torch::Tensor> averaged_, source_, integers_, integer_source_;
  std::vector<Elsewhere> elsewhere_;
  std::vector<KeptTensor> state_;  // whether it is here or not
};

}  // namespace staircase::train
