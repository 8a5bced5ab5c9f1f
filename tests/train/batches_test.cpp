#include "staircase/train/batches.h"

#include "support/catch.h"
#include "train/small_job.h"

namespace batches_test {

using namespace staircase;
using namespace staircase::train;

namespace {

/// The definition, with LibTorch's operations over the whole batch.
torch::Tensor mixed_by_definition(const torch::Tensor& images, const Mix& mix) {
  const torch::Tensor partner = images.flip({0});
  if (mix.kind == Mix::Kind::mixup) return images * mix.lambda + partner * (1.0 - mix.lambda);
  torch::Tensor mixed = images.clone();
  if (mix.kind == Mix::Kind::cutmix) {
    const auto box = [&](const torch::Tensor& of) {
      return of.slice(2, mix.box[0], mix.box[2]).slice(3, mix.box[1], mix.box[3]);
    };
    box(mixed).copy_(box(partner));
  }
  return mixed;
}

std::vector<data::Batch> unmixed_epoch(const TrainJob& job, int64_t epoch) {
  data::LoaderOptions options;
  options.batch_size = job.configuration.recipe.batch_size;
  options.seed = static_cast<uint64_t>(job.seed);
  data::Loader loader(job.data.train, job.configuration.data, job.configuration.recipe, data::LoaderMode::train,
                      options);
  std::vector<data::Batch> batches;
  loader.begin(epoch);
  while (auto batch = loader.next()) batches.push_back(std::move(*batch));
  return batches;
}

}  // namespace

TEST_CASE("In micro-batches of any size every image is mixed as in the whole batch, to the bit", "[train]") {
  for (const int64_t batch_size : {16, 13}) {
    config::Configuration c = tests::small_configuration();
    c.recipe.batch_size = batch_size;
    c.recipe.mixing_probability = 0.8;
    TrainJob job = tests::job_in("", c);
    job.seed = 3;
    job.loader_workers = 2;
    const int64_t epoch = 1;
    const auto whole = unmixed_epoch(job, epoch);
    const auto steps = static_cast<int64_t>(whole.size());
    std::set<Mix::Kind> kinds;
    for (const int64_t micro : {int64_t{0}, batch_size, int64_t{2}, int64_t{6}, int64_t{8}}) {
      INFO("micro-batches of " << micro << " in batches of " << batch_size);
      const auto loader = make_train_loader(job, micro, {});
      CHECK(loader->batches_per_epoch() == steps);
      loader->begin(epoch);
      int64_t rows = 0;
      while (const auto batch = loader->next()) {
        const data::Batch& all = whole.at(static_cast<size_t>(batch->index));
        const Mix mix = draw_mix_of_step(job, epoch * steps + batch->index);
        kinds.insert(mix.kind);
        const torch::Tensor mixed = mixed_by_definition(all.images, mix);
        const int64_t size = batch->images.size(0);
        rows += size;
        for (int64_t i = 0; i < size; ++i) {
          const int64_t place = batch->rows.place(i);
          CHECK(torch::equal(batch->images[i], mixed[place]));
          CHECK(batch->labels[i].item<int64_t>() == all.labels[place].item<int64_t>());
          CHECK(batch->rows.place(size - 1 - i) == batch_size - 1 - place);  // the partner
        }
      }
      CHECK(rows == steps * batch_size);
    }
    CHECK(kinds.size() == 3);
  }
}

}  // namespace batches_test
