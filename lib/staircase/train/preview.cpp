#include "staircase/train/preview.h"

#include "staircase/base/errors.h"
#include "staircase/data/transforms.h"
#include "staircase/interop/model_file.h"
#include "staircase/train/batches.h"
#include "staircase/train/masked_autoencoding.h"

namespace staircase::train {
namespace {

std::vector<WeightedLabel> labels_of(int64_t own, int64_t partner, const Mix& mix) {
  if (mix.kind == Mix::Kind::none || own == partner) return {{own, 1.0}};
  return {{own, mix.lambda}, {partner, 1.0 - mix.lambda}};
}

/// (C, S, S) -> 8 bits.
data::Image image_of(const torch::Tensor& normalized, const config::DataOptions& data) {
  const torch::Tensor rows = normalized.permute({1, 2, 0}).contiguous();
  return data::denormalize(rows.data_ptr<float>(), static_cast<int>(rows.size(0)), static_cast<int>(rows.size(2)),
                           data);
}

TrainingImage training_image(const data::Batch& batch, int64_t i, const Mix& mix, const config::DataOptions& data) {
  const int64_t* labels = batch.labels.data_ptr<int64_t>();
  return {image_of(batch.images[i], data),
          labels_of(labels[i], labels[batch.labels.size(0) - 1 - i], mix),
          mix.kind,
          {},
          {}};
}

/// What masked autoencoding shows of images beside them; nothing for other tasks.
class MaskedViews {
 public:
  MaskedViews(const TrainJob& job, const std::filesystem::path& weights)
      : task_(std::dynamic_pointer_cast<const MaskedAutoencoding>(task_of(job))) {
    if (weights.empty()) return;
    network_ = std::dynamic_pointer_cast<nn::MaskedAutoencoder>(network_of(job));
    if (!network_)
      throw RequestError(weights.string() + ": fills in nothing where /recipe/task is not masked_autoencoding");
    interop::load_autoencoder(*network_, weights);
    network_->eval();
  }

  void look_at(const TaskBatch& batch) {
    if (!task_) return;
    const torch::NoGradGuard no_grad;
    const torch::Tensor inputs = task_->inputs(batch), &images = batch.batch.images;
    masked_ = images * inputs.narrow(1, images.size(1), 1);  // 0 is the data's mean
    if (network_) filled_in_ = task_->filled_in(network_->forward(inputs), batch);
  }

  void add_to(TrainingImage& image, int64_t i, const config::DataOptions& data) const {
    if (masked_.defined()) image.masked = image_of(masked_[i], data);
    if (filled_in_.defined()) image.filled_in = image_of(filled_in_[i], data);
  }

 private:
  std::shared_ptr<const MaskedAutoencoding> task_;
  std::shared_ptr<nn::MaskedAutoencoder> network_;
  torch::Tensor masked_, filled_in_;  // of the batch that was looked at last
};

}  // namespace

std::vector<TrainingImage> preview_images(const TrainJob& job, int64_t epoch, int64_t count,
                                          const std::function<void(const std::string&)>& on_warning,
                                          const std::filesystem::path& weights) {
  const int64_t batch_size = job.configuration.recipe.batch_size, a_pair = 2;
  const auto loader = make_train_loader(job, a_pair, on_warning);
  const int64_t batches = loader->batches_per_epoch();
  if (count > batches * batch_size)
    throw RequestError(std::to_string(count) + " images are more than the " + std::to_string(batches * batch_size) +
                       " that an epoch has");
  MaskedViews views(job, weights);
  std::vector<TrainingImage> previewed(static_cast<size_t>(count));
  loader->begin(epoch);
  for (int64_t made = 0; made < count;) {
    const auto batch = loader->next();
    if (!batch) throw std::logic_error("the loader ended before the epoch did");
    const int64_t step = epoch * batches + batch->index;
    const Mix mix = draw_mix_of_step(job, step);
    views.look_at({*batch, mix, {static_cast<uint64_t>(job.seed), step, batch->rows}});
    for (int64_t i = 0; i < batch->images.size(0); ++i) {
      const int64_t place = batch->index * batch_size + batch->rows.place(i);
      if (place >= count) continue;
      TrainingImage& image = previewed[static_cast<size_t>(place)];
      image = training_image(*batch, i, mix, job.configuration.data);
      views.add_to(image, i, job.configuration.data);
      ++made;
    }
  }
  return previewed;
}

}  // namespace staircase::train
