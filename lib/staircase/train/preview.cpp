#include "staircase/train/preview.h"

#include "staircase/base/errors.h"
#include "staircase/data/transforms.h"
#include "staircase/train/batches.h"

namespace staircase::train {
namespace {

std::vector<WeightedLabel> labels_of(int64_t own, int64_t partner, const Mix& mix) {
  if (mix.kind == Mix::Kind::none || own == partner) return {{own, 1.0}};
  return {{own, mix.lambda}, {partner, 1.0 - mix.lambda}};
}

TrainingImage training_image(const data::Batch& batch, int64_t i, const Mix& mix, const config::DataOptions& data) {
  const torch::Tensor rows = batch.images[i].permute({1, 2, 0}).contiguous();
  const int64_t* labels = batch.labels.data_ptr<int64_t>();
  return {
      data::denormalize(rows.data_ptr<float>(), static_cast<int>(rows.size(0)), static_cast<int>(rows.size(2)), data),
      labels_of(labels[i], labels[batch.labels.size(0) - 1 - i], mix), mix.kind};
}

}  // namespace

std::vector<TrainingImage> preview_images(const TrainJob& job, int64_t epoch, int64_t count,
                                          const std::function<void(const std::string&)>& on_warning) {
  const int64_t batch_size = job.configuration.recipe.batch_size, a_pair = 2;
  const auto loader = make_train_loader(job, a_pair, on_warning);
  const int64_t batches = loader->batches_per_epoch();
  if (count > batches * batch_size)
    throw RequestError(std::to_string(count) + " images are more than the " + std::to_string(batches * batch_size) +
                       " that an epoch has");
  std::vector<TrainingImage> previewed(static_cast<size_t>(count));
  loader->begin(epoch);
  for (int64_t made = 0; made < count;) {
    const auto batch = loader->next();
    if (!batch) throw std::logic_error("the loader ended before the epoch did");
    const Mix mix = draw_mix_of_step(job, epoch * batches + batch->index);
    for (int64_t i = 0; i < batch->images.size(0); ++i) {
      const int64_t place = batch->index * batch_size + batch->rows.place(i);
      if (place >= count) continue;
      previewed[static_cast<size_t>(place)] = training_image(*batch, i, mix, job.configuration.data);
      ++made;
    }
  }
  return previewed;
}

}  // namespace staircase::train
