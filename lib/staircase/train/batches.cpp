#include "staircase/train/batches.h"

namespace staircase::train {

std::unique_ptr<data::Loader> make_loader(const TrainJob& job, std::shared_ptr<const data::Dataset> dataset,
                                          data::LoaderMode mode, int64_t batch_size,
                                          std::function<void(const std::string&)> on_warning,
                                          int64_t prefetch_batches) {
  data::LoaderOptions options;
  options.batch_size = batch_size;
  options.workers = job.loader_workers;
  options.seed = static_cast<uint64_t>(job.seed);
  options.prefetch_batches = prefetch_batches;
  options.channels = job.data.channels;
  options.on_warning = std::move(on_warning);
  return std::make_unique<data::Loader>(std::move(dataset), job.configuration.data, job.configuration.recipe, mode,
                                        options);
}

Mix draw_mix_of_step(const TrainJob& job, int64_t step, const torch::Tensor& images) {
  const RandomStream random(Purpose::mixing, {static_cast<uint64_t>(job.seed), static_cast<uint64_t>(step)});
  return draw_mix(job.configuration.recipe, random, images.size(2), images.size(3));
}

}  // namespace staircase::train
