#include "staircase/train/trainer.h"

#include <ATen/Parallel.h>

#include <cmath>
#include <fstream>

#include "staircase/base/errors.h"
#include "staircase/base/files.h"
#include "staircase/config/json_lines.h"
#include "staircase/interop/model_file.h"
#include "staircase/train/benchmark.h"
#include "staircase/train/classification.h"
#include "staircase/train/evaluate.h"
#include "support/catch.h"
#include "support/temporary_folder.h"
#include "train/small_job.h"

namespace trainer_test {

using namespace staircase;
using namespace staircase::train;
namespace fs = std::filesystem;
using tests::job_in;
using tests::train_through;

namespace {

/// Steps so large that weight decay alone makes the weights grow without bound.
config::Configuration exploding_configuration() {
  config::Configuration c = tests::small_configuration();
  c.recipe.optimizer = config::Optimizer::sgd;
  c.recipe.learning_rate = 1000;
  c.recipe.warmup_epochs = 0;
  return c;
}

void check_same_results(const fs::path& a, const fs::path& b) {
  for (const char* name : {"metrics.jsonl", "summary.json", "weights.safetensors"}) {
    INFO(name);
    CHECK(read_file(a / name) == read_file(b / name));
  }
}

std::vector<fs::path> checkpoints(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder / "checkpoints")) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

TEST_CASE("A run that was stopped at any step and started again ends in the same bytes", "[train]") {
  const tests::TemporaryFolder folder;
  train_through(job_in(folder / "through"));
  for (int64_t step : {1, 5, 7, 15}) {  // inside an epoch, at its end, at the end of all
    INFO("stopped after step " << step);
    const fs::path interrupted = folder / ("stopped" + std::to_string(step));
    tests::StopAfter observer(step);
    CHECK_THROWS_AS(train::train(job_in(interrupted), observer, observer.stop), Interrupted);
    CHECK_FALSE(fs::exists(interrupted / "summary.json"));
    train_through(job_in(interrupted));
    check_same_results(folder / "through", interrupted);
  }
}

TEST_CASE("The number of loader workers changes no byte of the result", "[train]") {
  const tests::TemporaryFolder folder;
  TrainJob one = job_in(folder / "one"), three = job_in(folder / "three");
  three.loader_workers = 3;
  train_through(one);
  train_through(three);
  check_same_results(one.folder, three.folder);
}

TEST_CASE("A damaged checkpoint is set aside with a warning and the one before it is used", "[train]") {
  const tests::TemporaryFolder folder;
  train_through(job_in(folder / "through"));
  const TrainJob job = job_in(folder / "damaged");
  tests::StopAfter observer(12);
  CHECK_THROWS_AS(train::train(job, observer, observer.stop), Interrupted);
  const auto files = checkpoints(job.folder);
  REQUIRE(files.size() == 2);
  std::string bytes = read_file(files.back());
  bytes[bytes.size() - 100] ^= 1;  // one bit of a tensor
  std::ofstream(files.back(), std::ios::binary) << bytes;
  tests::StopAfter second(-1);
  train::train(job, second, second.stop);
  REQUIRE(second.warnings.size() == 1);
  CHECK_THAT(second.warnings[0], ContainsSubstring(files.back().filename().string()));
  check_same_results(folder / "through", job.folder);
}

TEST_CASE("A checkpoint of another seed is refused and stays as it was", "[train]") {
  const tests::TemporaryFolder folder;
  TrainJob job = job_in(folder / "run");
  tests::StopAfter observer(3);
  CHECK_THROWS_AS(train::train(job, observer, observer.stop), Interrupted);
  const std::string before = read_file(checkpoints(job.folder).back());
  CHECK_NOTHROW(check_checkpoint(job));
  job.seed = 1;
  CHECK_THROWS_AS(check_checkpoint(job), RequestError);
  CHECK_THROWS_AS(train_through(job), RequestError);
  CHECK(read_file(checkpoints(job.folder).back()) == before);
}

TEST_CASE("A loss that is not finite stops the run with the step", "[train]") {
  const tests::TemporaryFolder folder;
  config::Configuration c = exploding_configuration();
  c.recipe.weight_decay = 10;
  c.recipe.epochs = 20;
  CHECK_THROWS_WITH(train_through(job_in(folder / "run", c)), ContainsSubstring("the loss is not finite at step "));
}

TEST_CASE("Weights that only an evaluation finds broken stop the run, too", "[train]") {
  const tests::TemporaryFolder folder;
  config::Configuration c = exploding_configuration();
  c.recipe.weight_decay = 1e30;
  c.recipe.epochs = 1;
  c.recipe.batch_size = 80;  // one step, whose loss is still that of the first weights
  CHECK_THROWS_WITH(train_through(job_in(folder / "run", c)),
                    ContainsSubstring("the loss of the evaluation is not finite at step 1 (epoch 1)"));
  CHECK_FALSE(fs::exists(folder / "run/summary.json"));
}

TEST_CASE("Data that the network is not made for is refused before anything is written", "[train]") {
  const tests::TemporaryFolder folder;
  TrainJob job = job_in(folder / "run");
  job.data.class_names.pop_back();
  CHECK_THROWS_WITH(train_through(job), "/data: has 9 classes and 3 channels, but the network is made for 10 and 3");
  CHECK_FALSE(fs::exists(folder / "run"));
}

TEST_CASE("A batch that no machine holds is refused before it is allocated", "[train]") {
  const tests::TemporaryFolder folder;
  config::Configuration c = tests::small_configuration();
  c.data.train_images = 2000000;
  c.recipe.batch_size = 1 << 20;
  c.data.image_size_px = 4096;
  CHECK_THROWS_WITH(check_job(job_in(folder / "run", c)),
                    ContainsSubstring("/recipe/batch_size: 1048576 images a forward pass with /data/image_size_px 4096 "
                                      "take 196608 GiB, allowed are at most 256"));
  c.recipe.micro_batch_size = 2048;
  CHECK_THROWS_WITH(check_job(job_in(folder / "run", c)), ContainsSubstring("/recipe/micro_batch_size: 2048 images"));
  c.recipe.micro_batch_size = 1024;
  CHECK_NOTHROW(check_job(job_in(folder / "run", c)));
}

TEST_CASE("More images a step than there are is refused before anything is written", "[train]") {
  const tests::TemporaryFolder folder;
  config::Configuration c = tests::small_configuration();
  c.recipe.batch_size = 81;
  CHECK_THROWS_WITH(train_through(job_in(folder / "run", c)),
                    "/recipe/batch_size: found 81, allowed is at most 80, the number of training images");
  CHECK_FALSE(fs::exists(folder / "run"));
}

TEST_CASE("Micro-batches give the result of the whole batch where no batch norm is", "[train]") {
  const tests::TemporaryFolder folder;
  config::Configuration whole = tests::small_configuration();
  whole.model.norm = config::Norm::layer;
  whole.recipe.epochs = 1;
  // AdamW would turn the rounding of gradients near 0 into whole steps; SGD is linear in them.
  whole.recipe.optimizer = config::Optimizer::sgd;
  whole.recipe.learning_rate = 0.05;
  config::Configuration parts = whole;
  parts.recipe.micro_batch_size = 4;
  train_through(job_in(folder / "whole", whole));
  train_through(job_in(folder / "parts", parts));
  const auto a = interop::open_model_file(folder / "whole" / "weights.safetensors");
  const auto b = interop::open_model_file(folder / "parts" / "weights.safetensors");
  const auto left = interop::build_model(a)->named_parameters(), right = interop::build_model(b)->named_parameters();
  for (const auto& item : left) {
    INFO(item.key());
    CHECK(torch::allclose(item.value(), right[item.key()], 1e-4, 1e-6));
  }
}

TEST_CASE("Training lowers the loss in float and in bfloat16, which rounds otherwise", "[train]") {
  const tests::TemporaryFolder folder;
  for (config::Norm norm : {config::Norm::batch, config::Norm::layer}) {
    std::vector<double> lasts;
    for (config::Precision precision : {config::Precision::fp32, config::Precision::bf16}) {
      config::Configuration c = tests::small_configuration();
      c.model.norm = norm;
      c.recipe.precision = precision;
      c.recipe.mixup_alpha = c.recipe.cutmix_alpha = 0;
      c.recipe.epochs = 6;
      c.recipe.learning_rate = 4e-3;
      const std::string name = std::string(to_name(precision)) + to_name(norm).data();
      INFO(name);
      train_through(job_in(folder / name, c));
      const auto epochs = config::read_json_lines(folder / name / "metrics.jsonl", "metrics.jsonl").lines;
      REQUIRE(epochs.size() == 6);
      lasts.push_back(epochs.back()["train_loss"].get<double>());
      CHECK(lasts.back() < epochs.front()["train_loss"].get<double>());
    }
    CHECK(lasts[0] == Approx(lasts[1]).epsilon(0.1));
    CHECK(std::abs(lasts[0] - lasts[1]) > 1e-6);  // or bfloat16 did nothing
  }
}

TEST_CASE("The weights files of a run give the numbers that its summary reports, averaged and raw", "[train]") {
  const tests::TemporaryFolder folder;
  const TrainJob job = job_in(folder / "run");
  const config::Json summary = train_through(job);
  CHECK(summary.at("images") == 40);
  for (const std::string suffix : {"", "_ema"}) {
    INFO("scores" << suffix);
    const fs::path file = job.folder / (suffix.empty() ? "weights_raw.safetensors" : "weights.safetensors");
    const auto loaded = interop::open_model_file(file);
    const interop::ModelDescription& described = loaded.description;
    CHECK(loaded.tensors.metadata.at("staircase.weights") == (suffix.empty() ? "raw" : "ema"));
    CHECK(described.class_names.size() == 10);
    CHECK(described.recipe == job.configuration.recipe);
    const auto model = interop::build_model(loaded);
    data::Loader loader(job.data.val, described.data, described.recipe, data::LoaderMode::eval, {128, 1});
    const Classification task(10, 0.0);
    const auto scores = evaluate({model.get()}, loader, task, torch::kCPU, described.recipe.precision).at(0);
    CHECK(scores.images == 40);
    config::Json values;
    add_values(values, task.metrics(), scores, "", suffix);
    CHECK(values.size() == 3);
    for (const auto& [key, value] : values.items()) CHECK(value == summary.at(key));
  }
  CHECK(summary.at("loss") != summary.at("loss_ema"));  // neither file would do for both
}

TEST_CASE("Latency is measured on one thread, which leaves the threads of training as they were", "[train]") {
  const tests::TemporaryFolder folder;
  TrainJob job = job_in(folder / "run");
  job.threads = 2;
  train_through(job);
  CHECK(at::get_num_threads() == 2);
  const auto timing = config::read_json_lines(job.folder / "timing.jsonl", "timing.jsonl");
  CHECK(timing.lines.back()["latency_threads"] == 1);
}

TEST_CASE("The shortest pass of a benchmark is no longer than its median", "[train]") {
  nn::Classifier model(job_in("unused").configuration.model);
  BenchmarkOptions options;
  options.image_size_px = 16;
  const Latency latency = measure_latency(model, options, 20);
  CHECK(latency.runs == 20);
  CHECK(latency.min_ms > 0);
  CHECK(latency.min_ms <= latency.median_ms);
  CHECK(latency.median_ms <= latency.p95_ms);
}

TEST_CASE("A finished run leaves its latency among the times, and only there", "[train]") {
  const tests::TemporaryFolder folder;
  const TrainJob job = job_in(folder / "run");
  train_through(job);
  const auto timing = config::read_json_lines(job.folder / "timing.jsonl", "timing.jsonl");
  CHECK(timing.warnings.empty());
  REQUIRE(timing.lines.size() == 4);  // three epochs, and what came after them
  CHECK(timing.lines.back()["latency_ms"].get<double>() > 0);
  CHECK(timing.lines.back()["latency_runs"].get<int64_t>() <= 100);
  CHECK(timing.lines.back()["latency_threads"] == 1);
  for (const char* file : {"summary.json", "metrics.jsonl"})
    CHECK_THAT(read_file(job.folder / file), !ContainsSubstring("latency"));
}

}  // namespace trainer_test
