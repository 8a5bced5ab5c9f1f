#include "staircase/train/task.h"

#include "staircase/nn/masked_autoencoder.h"
#include "staircase/train/classification.h"
#include "staircase/train/masked_autoencoding.h"

namespace staircase::train {
namespace {

plan::ImageSize image_of(const config::Configuration& c) { return plan::square(c.data.image_size_px); }

bool masks(const TrainJob& job) {
  return job.configuration.recipe.task == config::TaskKind::masked_autoencoding && !job.task;
}

}  // namespace

std::shared_ptr<const Task> task_of(const TrainJob& job) {
  const config::Configuration& c = job.configuration;
  if (job.task) return job.task;
  if (masks(job))
    return std::make_shared<MaskedAutoencoding>(plan::cell_px(plan::plan_model(c.model, image_of(c))),
                                                c.recipe.hidden_share);
  return std::make_shared<Classification>(static_cast<int64_t>(job.data.class_names.size()), c.recipe.label_smoothing);
}

std::shared_ptr<nn::Classifier> network_of(const TrainJob& job) {
  const config::Configuration& c = job.configuration;
  if (masks(job)) return std::make_shared<nn::MaskedAutoencoder>(c.model, image_of(c), c.recipe.decoder_width);
  return std::make_shared<nn::Classifier>(c.model, image_of(c));
}

}  // namespace staircase::train
