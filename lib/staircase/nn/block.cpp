#include "staircase/nn/block.h"

#include "staircase/base/random.h"
#include "staircase/nn/ops.h"

namespace staircase::nn {

Block::Block(const plan::BlockPlan& plan, int64_t index, std::shared_ptr<const StepCounter> counter)
    : index_(index), counter_(std::move(counter)), branch_(register_layers(*this, plan.branch)) {
  if (plan.layer_scale_init != 0)
    layer_scale_ = register_parameter("layer_scale", torch::full({plan.out}, plan.layer_scale_init));
  if (!plan.shortcut.empty()) {
    shortcut_ = std::make_shared<Chain>(plan.shortcut);
    register_module("shortcut", shortcut_);
  }
  after_ = register_layers(*this, plan.after);
}

torch::Tensor Block::branch_scale(const torch::Tensor& branch) const {
  torch::Tensor scale;
  if (layer_scale_.defined()) scale = layer_scale_.view({1, -1, 1, 1});
  if (is_training() && drop_path_rate_ > 0) {
    const int64_t samples = branch.size(0);
    const double keep = 1.0 - drop_path_rate_;
    torch::Tensor mask = torch::empty({samples, 1, 1, 1});
    for (int64_t i = 0; i < samples; ++i) {
      RandomStream random(Purpose::drop_path,
                          {counter_->seed, static_cast<uint64_t>(counter_->step),
                           static_cast<uint64_t>(counter_->rows.place(i)), static_cast<uint64_t>(index_)});
      mask.data_ptr<float>()[i] = random.chance(keep) ? static_cast<float>(1.0 / keep) : 0.0F;
    }
    mask = mask.to(branch.device());
    scale = scale.defined() ? scale * mask : mask;
  }
  return scale.defined() ? scale.to(branch.scalar_type()) : scale;
}

torch::Tensor Block::forward(const torch::Tensor& x) {
  const torch::Tensor shortcut = shortcut_ ? shortcut_->forward(x) : x;
  const torch::Tensor branch = run_layers(branch_, x);
  return run_layers(after_, ops::residual(shortcut, branch, branch_scale(branch)));
}

}  // namespace staircase::nn
