#include "staircase/train/preview.h"

#include "staircase/base/errors.h"
#include "staircase/data/loader.h"
#include "staircase/data/open_data.h"
#include "staircase/data/transforms.h"
#include "support/catch.h"
#include "support/small_experiment.h"

namespace preview_test {

using namespace staircase;
using namespace staircase::train;

namespace {

TrainJob small_job(int64_t seed) {
  TrainJob job;
  job.configuration = tests::small_configuration();
  job.seed = seed;
  job.data = data::open_data(job.configuration.data, {"test", "/data"});
  return job;
}

data::Loader loader_of(const TrainJob& job) {
  data::LoaderOptions options;
  options.batch_size = job.configuration.recipe.batch_size;
  options.seed = static_cast<uint64_t>(job.seed);
  return {job.data.train, job.configuration.data, job.configuration.recipe, data::LoaderMode::train, options};
}

}  // namespace

TEST_CASE("A preview shows the batches of a run's epoch, mixed as the counters of their steps say", "[train]") {
  const TrainJob job = small_job(3);
  const int64_t epoch = 1, steps_an_epoch = 5, batch_size = 16;  // 80 images
  data::Loader loader = loader_of(job);
  loader.begin(epoch);
  const auto previewed = preview_images(job, epoch, 40);
  REQUIRE(previewed.size() == 40);
  size_t at = 0;
  for (int64_t batch_index = 0; at < previewed.size(); ++batch_index) {
    const auto batch = loader.next();
    const Mix mix = draw_mix(
        job.configuration.recipe,
        RandomStream(Purpose::mixing, {3, static_cast<uint64_t>(epoch * steps_an_epoch + batch_index)}), 16, 16);
    const torch::Tensor mixed = mix_images(batch->images, mix), targets = mix_targets(batch->labels, 10, 0.0, mix);
    for (int64_t i = 0; i < batch_size && at < previewed.size(); ++i, ++at) {
      const TrainingImage& image = previewed[at];
      const torch::Tensor rows = mixed[i].permute({1, 2, 0}).contiguous();
      CHECK(image.image == data::denormalize(rows.data_ptr<float>(), 16, 3, job.configuration.data));
      CHECK(image.mix == mix.kind);
      CHECK(image.labels[0].index == batch->labels[i].item<int64_t>());
      double sum = 0;
      for (const WeightedLabel& label : image.labels) {
        CHECK(targets[i][label.index].item<double>() == Approx(label.weight).margin(1e-6));
        sum += label.weight;
      }
      CHECK(sum == Approx(1.0));
    }
  }
}

TEST_CASE("Another seed previews other images", "[train]") {
  CHECK_FALSE(preview_images(small_job(0), 0, 1)[0].image == preview_images(small_job(1), 0, 1)[0].image);
}

TEST_CASE("More images than an epoch has are refused", "[train]") {
  CHECK_THROWS_WITH(preview_images(small_job(0), 0, 81), "81 images are more than the 80 that an epoch has");
}

}  // namespace preview_test
