#include "staircase/nn/block.h"

#include "staircase/base/random.h"
#include "staircase/nn/part_scope.h"
#include "staircase/nn/recompute.h"

namespace staircase::nn {
namespace {

torch::Tensor add_residual(const torch::Tensor& shortcut, const torch::Tensor& branch, const ops::BranchScale& scale,
                           bool relu) {
  const PartScope part("residual");
  return ops::residual(shortcut, branch, scale, relu);
}

}  // namespace

Block::Block(const plan::BlockPlan& plan, int64_t index, std::shared_ptr<const StepCounter> counter)
    : index_(index), counter_(std::move(counter)) {
  for (const plan::ResidualPlan& planned : plan.residuals) {
    Residual residual;
    residual.layers = register_layers(*this, planned.layers);
    if (planned.layer_scale) {
      residual.layer_scale = register_layer(*this, *planned.layer_scale);
      const torch::NoGradGuard no_grad;
      (*residual.layer_scale)[""].fill_(planned.layer_scale_init);
    }
    residual.shortcut = register_layers(*this, planned.shortcut);
    residual.after = register_layers(*this, planned.after);
    residuals_.push_back(std::move(residual));
  }
}

torch::Tensor Block::drop_path_mask(size_t residual, const torch::Tensor& x) const {
  const int64_t samples = x.size(0);
  const double keep = 1.0 - drop_path_rate_;
  torch::Tensor mask = torch::empty({samples});
  for (int64_t i = 0; i < samples; ++i) {
    const auto step = static_cast<uint64_t>(counter_->step), block = static_cast<uint64_t>(index_);
    const auto sample = static_cast<uint64_t>(counter_->rows.place(i));
    // The first residual of a block draws as a block's only one does.
    RandomStream random = residual == 0
                              ? RandomStream(Purpose::drop_path, {counter_->seed, step, sample, block})
                              : RandomStream(Purpose::drop_path, {counter_->seed, step, sample, block, residual});
    mask.data_ptr<float>()[i] = random.chance(keep) ? static_cast<float>(1.0 / keep) : 0.0F;
  }
  return mask.to(x.device());
}

torch::Tensor Block::run(const torch::Tensor& x, const std::vector<torch::Tensor>& drop_paths) const {
  torch::Tensor y = x;
  for (size_t i = 0; i < residuals_.size(); ++i) {
    const Residual& residual = residuals_[i];
    ops::BranchScale scale;
    if (residual.layer_scale) scale.of_channels = (*residual.layer_scale)[""];
    if (!drop_paths.empty()) scale.of_samples = drop_paths[i];
    const torch::Tensor shortcut = run_layers(residual.shortcut, y), branch = run_layers(residual.layers, y);
    const bool relu = residual.after.size() == 1 && residual.after[0]->spec().kind == plan::LayerKind::relu;
    y = add_residual(shortcut, branch, scale, relu);
    if (!relu) y = run_layers(residual.after, y);
  }
  return y;
}

torch::Tensor Block::forward(const torch::Tensor& x) {
  std::vector<torch::Tensor> drop_paths;
  if (is_training() && drop_path_rate_ > 0)
    for (size_t i = 0; i < residuals_.size(); ++i) drop_paths.push_back(drop_path_mask(i, x));
  if (!checkpoint_) return run(x, drop_paths);
  return recomputed(
      *this, [this, drop_paths](const torch::Tensor& input) { return run(input, drop_paths); }, x);
}

}  // namespace staircase::nn
