#include "staircase/train/step.h"

#include <cmath>
#include <stdexcept>

#include "staircase/data/micro_batches.h"
#include "staircase/nn/libtorch.h"
#include "staircase/nn/part_scope.h"
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
  throw std::runtime_error(what + " is not finite at step " + std::to_string(step) + " (epoch " +
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

double StepGradients::add(nn::Classifier& model, int64_t step, const std::function<data::Batch()>& next) const {
  const Mix mix = draw_mix_of_step(job_, step);
  const auto batch_size = static_cast<double>(job_.configuration.recipe.batch_size);
  double loss_sum = 0;
  for (int64_t k = 0; k < micro_batches_; ++k) {
    TaskBatch batch{next_of(next), mix, {static_cast<uint64_t>(job_.seed), step, {}}};
    batch.counter.rows = batch.batch.rows;
    model.set_step(batch.counter);
    const double share = static_cast<double>(batch.batch.images.size(0)) / batch_size;
    const torch::Tensor loss = loss_of(model, batch) * share;
    loss_sum += loss.item<double>();
    require_finite(loss_sum, "the loss", step + 1, steps_);
    const nn::PartScope part(nn::backward_part);
    loss.backward();
  }
  return loss_sum;
}

torch::Tensor StepGradients::loss_of(nn::Classifier& model, const TaskBatch& batch) const {
  std::vector<torch::Tensor> targets = task_->targets(batch);
  for (torch::Tensor& target : targets) target = target.to(job_.device);
  const nn::Bfloat16Scope bf16(job_.configuration.recipe.precision == config::Precision::bf16, job_.device.type());
  const torch::Tensor outputs = model.forward(task_->inputs(batch).to(job_.device));
  const nn::PartScope part("loss");
  return task_->loss(outputs.to(torch::kFloat), targets);
}

}  // namespace staircase::train
