#pragma once

#include <cstdint>

#include "staircase/base/batch_rows.h"
#include "staircase/nn/layers.h"
#include "staircase/nn/ops.h"
#include "staircase/plan/plan.h"

namespace staircase::nn {

/// Which random numbers a training step draws: all blocks of a model share one.
struct StepCounter {
  uint64_t seed = 0;
  int64_t step = 0;  ///< optimizer step
  BatchRows rows;    ///< places of x's samples in the optimizer's batch, so micro-batches draw as one
};

/// The residuals of a block, one after the other: y = after(shortcut(x) + drop_path(layer_scale * layers(x))).
/// x: (N, C_in, H, W) float, channels_last -> (N, C_out, H / stride, W / stride).
/// Source: He et al. 2015, arXiv:1512.03385; Liu et al. 2022, arXiv:2201.03545, Fig. 4;
/// drop path: Huang et al. 2016, arXiv:1603.09382, per sample, divided by the keep probability.
class Block : public torch::nn::Module {
 public:
  /// One residual; shortcut and after may be empty, layer_scale may be null.
  struct Residual {
    LayerList layers, shortcut, after;
    std::shared_ptr<Layer> layer_scale;
  };

  /// `index`: of the block in the network, part of the counter of its random numbers.
  Block(const plan::BlockPlan& plan, int64_t index, std::shared_ptr<const StepCounter> counter);

  torch::Tensor forward(const torch::Tensor& x);
  void set_drop_path(double rate) { drop_path_rate_ = rate; }
  double drop_path() const { return drop_path_rate_; }
  /// Whether training keeps the input alone of what is computed here, and computes the rest anew for the gradients.
  void set_checkpoint(bool on) { checkpoint_ = on; }
  const std::vector<Residual>& residuals() const { return residuals_; }

 private:
  /// (N): 0 for samples whose branch is left out, 1 / (1 - rate) for the others.
  torch::Tensor drop_path_mask(size_t residual, const torch::Tensor& x) const;
  /// drop_paths: a mask a residual, or none where no branch is left out.
  torch::Tensor run(const torch::Tensor& x, const std::vector<torch::Tensor>& drop_paths) const;

  int64_t index_;
  std::shared_ptr<const StepCounter> counter_;
  double drop_path_rate_ = 0.0;
  bool checkpoint_ = false;
  std::vector<Residual> residuals_;
};

}  // namespace staircase::nn
