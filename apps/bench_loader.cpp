#include "bench_loader.h"

#include <algorithm>
#include <iostream>
#include <thread>

#include "console.h"
#include "staircase/base/build_info.h"
#include "staircase/base/clock.h"
#include "staircase/base/errors.h"
#include "staircase/base/text.h"
#include "staircase/data/open_data.h"
#include "staircase/train/batches.h"

namespace staircase::apps {
namespace {

struct LoaderRate {
  int64_t images = 0;
  double seconds = 0;
  data::LoadingTimes times;
};

/// Whole epochs one after the other, for so long; the first batches, which start the workers, do not count.
LoaderRate measure(data::Loader& loader, double seconds) {
  const int64_t warm_up = 3;
  LoaderRate rate;
  data::LoadingTimes before;
  auto start = Clock::now();
  int64_t batches = 0;
  for (int64_t epoch = 0;; ++epoch) {
    loader.begin(epoch);
    while (const auto batch = loader.next()) {
      if (++batches > warm_up) rate.images += batch->images.size(0);
      if (batches == warm_up) {
        before = loader.times();
        start = Clock::now();
      }
      rate.seconds = seconds_since(start);
      if (batches <= warm_up || rate.seconds < seconds) continue;
      const data::LoadingTimes now = loader.times();
      rate.times = {now.decode - before.decode, now.resize - before.resize, now.augment - before.augment,
                    now.normalize - before.normalize, now.finish - before.finish};
      return rate;
    }
  }
}

std::vector<std::pair<std::string, double>> shares_of(const data::LoadingTimes& t) {
  const double all = std::max(1e-9, t.decode + t.resize + t.augment + t.normalize + t.finish);
  return {{"decode", t.decode / all},
          {"resize", t.resize / all},
          {"augment", t.augment / all},
          {"normalize", t.normalize / all},
          {"mix", t.finish / all}};
}

}  // namespace

train::TrainJob bench_job(const Arguments& arguments, const BenchSubject& subject) {
  train::TrainJob job;
  job.configuration = subject.configuration;
  job.seed = subject.experiment->options.seeds.front();
  job.data = data::open_data(job.configuration.data, {subject.experiment->source, "/data"});
  job.loader_workers = arguments.has("workers") ? static_cast<int>(arguments.bounded("workers", 1024))
                                                : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  return job;
}

int bench_loader(const Arguments& arguments, const BenchSubject& subject) {
  if (!subject.experiment) throw RequestError("--loader: takes an experiment's file, found " + subject.name);
  const train::TrainJob job = bench_job(arguments, subject);
  const config::RecipeOptions& recipe = job.configuration.recipe;
  const auto loader = train::make_train_loader(job, recipe.micro_batch_size, print_warning);
  const LoaderRate rate = measure(*loader, arguments.get<double>("seconds"));
  const double images_per_second = static_cast<double>(rate.images) / rate.seconds;
  const auto shares = shares_of(rate.times);
  if (arguments.json()) {
    config::Json line{{"images_per_second", images_per_second},
                      {"images", rate.images},
                      {"seconds", rate.seconds},
                      {"workers", job.loader_workers},
                      {"batch_size", recipe.batch_size},
                      {"image_size", job.configuration.data.image_size_px},
                      {"machine", machine_description()}};
    for (const auto& [stage, share] : shares) line["share_" + stage] = share;
    print_json(line);
    return 0;
  }
  std::cout << subject.name << ", loader alone, " << job.configuration.data.image_size_px << " px, batch "
            << recipe.batch_size << ", " << job.loader_workers << " workers\n";
  std::vector<std::vector<std::string>> rows{{"training images", decimals(images_per_second, 1), "images/s"}};
  for (const auto& [stage, share] : shares) rows.push_back({stage, decimals(100 * share, 1), "% of the workers' time"});
  print_table({"measure", "value", "unit"}, {false, true, false}, rows);
  return 0;
}

}  // namespace staircase::apps
