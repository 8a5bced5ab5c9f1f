#include "staircase/train/preview.h"

#include <algorithm>

#include "staircase/base/errors.h"
#include "staircase/data/transforms.h"
#include "staircase/train/batches.h"

namespace staircase::train {
namespace {

std::vector<WeightedLabel> labels_of(int64_t own, int64_t partner, const Mix& mix) {
  if (mix.kind == Mix::Kind::none || own == partner) return {{own, 1.0}};
  return {{own, mix.lambda}, {partner, 1.0 - mix.lambda}};
}

/// Image i of the batch, mixed with its partner alone, so that no second batch is made.
data::Image mixed_image(const torch::Tensor& images, int64_t i, const Mix& mix, const config::DataOptions& data) {
  const torch::Tensor pair = torch::stack({images[i], images[images.size(0) - 1 - i]});
  const torch::Tensor rows = mix_images(pair, mix)[0].permute({1, 2, 0}).contiguous();
  return data::denormalize(rows.data_ptr<float>(), static_cast<int>(rows.size(0)), static_cast<int>(rows.size(2)),
                           data);
}

}  // namespace

std::vector<TrainingImage> preview_images(const TrainJob& job, int64_t epoch, int64_t count,
                                          const std::function<void(const std::string&)>& on_warning) {
  const int64_t batch_size = job.configuration.recipe.batch_size;
  const auto loader = make_loader(job, job.data.train, data::LoaderMode::train, batch_size, on_warning, 1);
  const int64_t batches = loader->batches_per_epoch();
  if (count > batches * batch_size)
    throw RequestError(std::to_string(count) + " images are more than the " + std::to_string(batches * batch_size) +
                       " that an epoch has");
  std::vector<TrainingImage> previewed;
  loader->begin(epoch);
  while (static_cast<int64_t>(previewed.size()) < count) {
    const auto batch = loader->next();
    if (!batch) throw std::logic_error("the loader ended before the epoch did");
    const Mix mix = draw_mix_of_step(job, epoch * batches + batch->index, batch->images);
    const int64_t size = batch->images.size(0), wanted = count - static_cast<int64_t>(previewed.size());
    const int64_t* labels = batch->labels.data_ptr<int64_t>();
    for (int64_t i = 0; i < std::min(size, wanted); ++i)
      previewed.push_back({mixed_image(batch->images, i, mix, job.configuration.data),
                           labels_of(labels[i], labels[size - 1 - i], mix), mix.kind});
  }
  return previewed;
}

}  // namespace staircase::train
