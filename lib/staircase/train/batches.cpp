#include "staircase/train/batches.h"

#include "staircase/processes/process_group.h"
#include "staircase/train/schedule.h"

namespace staircase::train {
namespace {

data::LoaderOptions loader_options(const TrainJob& job, int64_t batch_size,
                                   std::function<void(const std::string&)> on_warning) {
  data::LoaderOptions options;
  options.batch_size = batch_size;
  options.workers = job.loader_workers;
  options.seed = static_cast<uint64_t>(job.seed);
  options.channels = job.data.channels;
  options.pinned = job.device.is_cuda();
  options.on_warning = std::move(on_warning);
  if (job.group) {
    options.shares = job.group->size();
    options.share = job.group->rank();
  }
  return options;
}

Mix draw_mix_of(const config::Configuration& configuration, int64_t seed, int64_t step) {
  const RandomStream random(Purpose::mixing, {static_cast<uint64_t>(seed), static_cast<uint64_t>(step)});
  const int64_t side = configuration.data.image_size_px;
  return draw_mix(configuration.recipe, random, side, side);
}

}  // namespace

std::unique_ptr<data::Loader> make_train_loader(const TrainJob& job, int64_t micro_batch_size,
                                                std::function<void(const std::string&)> on_warning) {
  const config::Configuration& c = job.configuration;
  data::LoaderOptions options = loader_options(job, c.recipe.batch_size, std::move(on_warning));
  if (micro_batch_size < c.recipe.batch_size) options.micro_batch_size = micro_batch_size;
  const int64_t steps_an_epoch = count_steps(c.recipe, static_cast<int64_t>(job.data.train->size())).per_epoch;
  options.finish = [c, seed = job.seed, steps_an_epoch](int64_t epoch, data::Batch& batch) {
    mix_in_place(batch.images, draw_mix_of(c, seed, epoch * steps_an_epoch + batch.index));
  };
  return std::make_unique<data::Loader>(job.data.train, c.data, c.recipe, data::LoaderMode::train, options);
}

std::unique_ptr<data::Loader> make_eval_loader(const TrainJob& job, std::shared_ptr<const data::Dataset> dataset,
                                               std::function<void(const std::string&)> on_warning) {
  const config::Configuration& c = job.configuration;
  const int64_t batch_size = 128;
  return std::make_unique<data::Loader>(std::move(dataset), c.data, c.recipe, data::LoaderMode::eval,
                                        loader_options(job, batch_size, std::move(on_warning)));
}

Mix draw_mix_of_step(const TrainJob& job, int64_t step) { return draw_mix_of(job.configuration, job.seed, step); }

}  // namespace staircase::train
