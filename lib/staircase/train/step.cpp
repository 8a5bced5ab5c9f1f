#include "staircase/train/step.h"

#include <cmath>

#include "staircase/data/micro_batches.h"
#include "staircase/nn/libtorch.h"
#include "staircase/nn/part_scope.h"
#include "staircase/processes/process_group.h"
#include "staircase/train/batches.h"

namespace staircase::train {
namespace {

data::Batch next_of(const std::function<data::Batch()>& next) {
  const nn::PartScope part("loader");
  return next();
}

}  // namespace

void require_finite(double value, const std::string& what, int64_t step, const StepCount& steps) {
  if (std::isfinite(value)) return;
  throw processes::FailedTogether(what + " is not finite at step " + std::to_string(step) + " (epoch " +
                                  std::to_string((step - 1) / steps.per_epoch + 1) +
                                  "): a lower /recipe/learning_rate, a longer /recipe/warmup_epochs or "
                                  "/recipe/clip_grad_norm may help");
}

StepGradients::StepGradients(const TrainJob& job, std::shared_ptr<const Task> task)
    : job_(job),
      task_(std::move(task)),
      steps_(count_steps(job.configuration.recipe, static_cast<int64_t>(job.data.train->size()))),
      micro_batches_(
          data::count_micro_batches(job.configuration.recipe.batch_size, job.configuration.recipe.micro_batch_size)) {}

StepResult StepGradients::take(nn::Classifier& model, int64_t step, const std::function<data::Batch()>& next,
                               const StepWishes& wishes) {
  if (!sum_)
    sum_ = std::make_unique<GradientSum>(model, micro_batches_, job_.group.get(),
                                         job_.configuration.recipe.gradient_exchange);
  const Mix mix = draw_mix_of_step(job_, step);
  const auto batch_size = static_cast<double>(job_.configuration.recipe.batch_size);
  sum_->begin(wishes);
  for (int64_t k = 0; k < sum_->count(); ++k) {
    TaskBatch batch{next_of(next), mix, {static_cast<uint64_t>(job_.seed), step, {}}};
    batch.counter.rows = batch.batch.rows;
    model.set_step(batch.counter);
    const double share = static_cast<double>(batch.batch.images.size(0)) / batch_size;
    sum_->before_forward();
    const torch::Tensor loss = loss_of(model, batch) * share;
    const auto value = loss.item<float>();
    // In a group all come to know it, and say it, together.
    if (!job_.group) require_finite(value, "the loss", step + 1, steps_);
    sum_->before_backward(value);
    {
      const nn::PartScope part(nn::backward_part);
      loss.backward();
    }
    sum_->after_backward();
  }
  const StepSum sums = sum_->finish();
  StepResult result{0, sums.wishes};
  for (const float each : sums.losses) result.loss += static_cast<double>(each);
  require_finite(result.loss, "the loss", step + 1, steps_);
  return result;
}

torch::Tensor StepGradients::loss_of(nn::Classifier& model, const TaskBatch& batch) const {
  std::vector<torch::Tensor> targets = task_->targets(batch);
  for (torch::Tensor& target : targets) target = target.to(job_.device);
  const nn::Bfloat16Scope bf16(job_.configuration.recipe.precision == config::Precision::bf16, job_.device.type());
  const torch::Tensor outputs = model.forward(task_->inputs(batch).to(job_.device, /*non_blocking=*/true));
  const nn::PartScope part("loss");
  return task_->loss(outputs.to(torch::kFloat), targets);
}

}  // namespace staircase::train
