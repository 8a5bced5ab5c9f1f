#include <ATen/Parallel.h>

#include <fstream>

#include "staircase/base/errors.h"
#include "staircase/base/files.h"
#include "staircase/data/loader.h"
#include "staircase/processes/process_group.h"
#include "staircase/train/run_state.h"
#include "staircase/train/step.h"
#include "staircase/train/trainer.h"
#include "support/catch.h"
#include "support/refusal.h"
#include "support/temporary_folder.h"
#include "train/together.h"

namespace group_test {

using namespace staircase;
using namespace staircase::train;
namespace fs = std::filesystem;
using processes::ProcessGroup;
using tests::check_same_results, tests::none, tests::together, tests::train_together;

TEST_CASE("1, 2, 4 and 8 processes train to the same bytes", "[train]") {
  if (!processes::have_process_groups()) return;
  const tests::TemporaryFolder folder;
  for (const config::Norm norm : {config::Norm::batch, config::Norm::layer})
    for (const char* recipe : {"adamw", "sgd"}) {
      const std::string name = std::string(norm == config::Norm::batch ? "batch-" : "layer-") + recipe;
      INFO(name);
      const config::Configuration c = tests::group_configuration(norm, recipe);
      tests::train_through(tests::job_in(folder / (name + "1"), c));
      for (const int64_t count : {2, 4, 8}) {
        INFO(count << " processes");
        const fs::path with = folder / (name + std::to_string(count));
        CHECK(train_together(count, tests::job_in(with, c)) == std::vector<std::string>(static_cast<size_t>(count)));
        check_same_results(folder / (name + "1"), with);
      }
    }
}

TEST_CASE(
    "Gradients that are exchanged in bf16 train 1, 2, 4 and 8 processes to the same bytes, and not to those of fp32",
    "[train]") {
  if (!processes::have_process_groups()) return;
  const tests::TemporaryFolder folder;
  for (const int64_t micro_batch : {2, 16}) {
    config::Configuration c = tests::group_configuration(config::Norm::batch, "adamw");
    c.recipe.micro_batch_size = micro_batch;
    const std::string name = "bf16-" + std::to_string(micro_batch);
    tests::train_through(tests::job_in(folder / ("fp32-" + name), c));
    c.recipe.gradient_exchange = config::Precision::bf16;
    tests::train_through(tests::job_in(folder / name, c));
    CHECK(read_file(folder / name / "metrics.jsonl") != read_file(folder / ("fp32-" + name) / "metrics.jsonl"));
    for (const int64_t count : {2, 4, 8}) {
      if (count > 16 / micro_batch) break;
      INFO(count << " processes");
      const fs::path with = folder / (name + "-" + std::to_string(count));
      CHECK(none(train_together(count, tests::job_in(with, c))));
      check_same_results(folder / name, with);
    }
  }
}

TEST_CASE("Vectors of processes are added in the order of a tree", "[train]") {
  if (!processes::have_process_groups()) return;
  // Of these, 1e8 + 1 is 1e8: in a row the ones would vanish, in pairs they do not.
  const std::vector<float> numbers{1e8F, -1e8F, 1, 1, 1e8F, 1, -1e8F, 1};
  const auto failures = together(8, [&](const std::shared_ptr<ProcessGroup>& group) {
    torch::Tensor vector = torch::full({1}, numbers[static_cast<size_t>(group->rank())]);
    group->tree_sum(vector);
    if (vector.item<float>() != ((1e8F - 1e8F) + 2.0F) + ((1e8F + 1.0F) + (-1e8F + 1.0F)))
      throw std::runtime_error("the sum is " + std::to_string(vector.item<float>()));
  });
  CHECK(none(failures));
}

TEST_CASE("Sums in bfloat16 are rounded one by one, in the order of the tree", "[train]") {
  if (!processes::have_process_groups()) return;
  // 1 + 2^-8 lies half way to the next bfloat16 and is rounded to the even one, 1; 2^-8 + 2^-8 survives beside it.
  const double half = 1.0 / 256;
  const auto failures = together(4, [&](const std::shared_ptr<ProcessGroup>& group) {
    const std::vector<double> small_first{half, half, 1, 0}, small_apart{1, half, half, 0};
    const auto rank = static_cast<size_t>(group->rank());
    torch::Tensor vector = torch::tensor({small_first[rank], small_apart[rank], -3.0}).to(torch::kBFloat16);
    group->tree_sum(vector);
    const torch::Tensor expected = torch::tensor({1 + 2 * half, 1.0, -12.0});
    if (!vector.to(torch::kDouble).equal(expected.to(torch::kDouble))) throw std::runtime_error("tree_sum");
  });
  CHECK(failures == std::vector<std::string>(4));
}

TEST_CASE("Sums within machines and then between them are those of one machine, to the bit", "[train]") {
  if (!processes::have_process_groups()) return;
  const int64_t length = 1001;  // no multiple of anything
  const auto summed = [&](int64_t machines, torch::ScalarType type) {
    std::vector<torch::Tensor> sums(8);
    const auto failures = together(
        8,
        [&](const std::shared_ptr<ProcessGroup>& group) {
          const torch::Tensor numbers =
              torch::arange(length, torch::kFloat) + 1000.0 * static_cast<double>(group->rank());
          torch::Tensor vector = torch::sin(numbers * 1.7).to(type);
          group->tree_sum(vector);
          sums[static_cast<size_t>(group->rank())] = vector;
        },
        machines);
    CHECK(none(failures));
    for (const torch::Tensor& each : sums) CHECK(each.equal(sums[0]));
    return sums[0];
  };
  for (const torch::ScalarType type : {torch::kFloat, torch::kBFloat16}) {
    const torch::Tensor flat = summed(1, type);
    CHECK(flat.abs().max().item<double>() > 1);
    for (const int64_t machines : {2, 4, 8}) CHECK(summed(machines, type).equal(flat));
  }
}

TEST_CASE("Four processes on two machines train to the bytes of one", "[train]") {
  if (!processes::have_process_groups()) return;
  const tests::TemporaryFolder folder;
  config::Configuration c = tests::group_configuration(config::Norm::batch, "adamw");
  tests::train_through(tests::job_in(folder / "one", c));
  c.recipe.shard_optimizer = true;
  CHECK(none(train_together(4, tests::job_in(folder / "four", c), -1, 0, 2)));
  check_same_results(folder / "one", folder / "four");
}

TEST_CASE("A run that any process stops goes on with another number of them to the same bytes", "[train]") {
  if (!processes::have_process_groups()) return;
  const tests::TemporaryFolder folder;
  const config::Configuration c = tests::group_configuration(config::Norm::batch, "adamw");
  tests::train_through(tests::job_in(folder / "through", c));
  const TrainJob job = tests::job_in(folder / "stopped", c);
  const std::vector<std::string> stopped = train_together(4, job, 2, 3);
  for (const std::string& each : stopped) CHECK_THAT(each, ContainsSubstring("stopped at step"));
  CHECK(std::set<std::string>(stopped.begin(), stopped.end()).size() == 1);
  CHECK_FALSE(fs::exists(job.folder / "summary.json"));
  for (const std::string& each : train_together(2, job, 4, 0)) CHECK_THAT(each, ContainsSubstring("stopped at step"));
  tests::train_through(job);
  check_same_results(folder / "through", job.folder);
}

TEST_CASE("A loss that is not finite ends all processes with one and the same sentence", "[train]") {
  if (!processes::have_process_groups()) return;
  const tests::TemporaryFolder folder;
  config::Configuration c = tests::group_configuration(config::Norm::layer, "sgd");
  c.recipe.clip_grad_norm = 0;
  c.recipe.learning_rate = 1e30;
  c.recipe.warmup_epochs = 0;
  const std::vector<std::string> failures = train_together(2, tests::job_in(folder / "run", c));
  CHECK_THAT(failures[0], ContainsSubstring("is not finite at step"));
  CHECK(failures[0] == failures[1]);
}

TEST_CASE("Damaged images that any process meets are named, counted and replaced as by one", "[train]") {
  if (!processes::have_process_groups()) return;
  const tests::TemporaryFolder folder;
  const config::Configuration c = tests::group_configuration(config::Norm::layer, "adamw");
  const auto job_with_damage = [&](const fs::path& where) {
    TrainJob job = tests::job_in(where, c);
    job.configuration.data.max_bad_fraction = 0.5;
    job.data.train = std::make_shared<tests::ReadDataset>(job.data.train, std::set<size_t>{3, 40, 41});
    job.data.val = std::make_shared<tests::ReadDataset>(job.data.val, std::set<size_t>{7});
    return job;
  };
  tests::StopAfter alone(-1);
  train::train(job_with_damage(folder / "alone"), alone, alone.stop);
  std::set<std::string> named;
  const TrainJob job = job_with_damage(folder / "together");
  const auto failures = together(4, [&](const std::shared_ptr<ProcessGroup>& group) {
    TrainJob own = job;
    own.group = group;
    tests::StopAfter observer(-1);
    train::train(own, observer, observer.stop);
    if (group->leads()) named.insert(observer.warnings.begin(), observer.warnings.end());
    else CHECK(observer.warnings.empty());
  });
  CHECK(none(failures));
  CHECK(named == std::set<std::string>(alone.warnings.begin(), alone.warnings.end()));
  check_same_results(folder / "alone", job.folder);
  CHECK(read_file(folder / "alone" / "damaged_images.json") == read_file(job.folder / "damaged_images.json"));
}

TEST_CASE("A number of processes that cannot share the micro-batches is refused, and the largest that can is named",
          "[train]") {
  config::RecipeOptions recipe;
  recipe.batch_size = 48;
  recipe.micro_batch_size = 4;
  const auto refused = [&](int64_t processes) {
    return tests::refusal([&] { check_processes(recipe, processes, "my.json"); });
  };
  CHECK(refused(1) == "");
  CHECK(refused(2) == "");
  CHECK(refused(4) == "");
  CHECK_THAT(refused(3), ContainsSubstring("--processes: found 3, allowed are 1, 2, 4, 8 and so on"));
  CHECK_THAT(refused(8), ContainsSubstring("my.json: /recipe/micro_batch_size: 4 makes 12 micro-batches"));
  CHECK_THAT(refused(8), ContainsSubstring("at most 4 can"));
  recipe.micro_batch_size = 0;
  CHECK(refused(1) == "");
  CHECK_THAT(refused(4), ContainsSubstring("0, which is the whole batch, cannot go with 4 processes"));
  CHECK_THAT(refused(4), ContainsSubstring("allowed is at most 12"));
}

TEST_CASE("Processes with different seeds or data are told apart by rank, and train nothing", "[train]") {
  if (!processes::have_process_groups()) return;
  const tests::TemporaryFolder folder;
  const TrainJob job = tests::job_in(folder / "run", tests::group_configuration(config::Norm::layer, "adamw"));
  const auto failures_of = [&](const std::function<void(TrainJob&)>& change) {
    return together(2, [&](const std::shared_ptr<ProcessGroup>& group) {
      TrainJob own = job;
      own.group = group;
      if (!group->leads()) change(own);
      tests::StopAfter observer(-1);
      train::train(own, observer, observer.stop);
    });
  };
  const auto seeds = failures_of([](TrainJob& own) { own.seed = 1; });
  CHECK_THAT(seeds[0], ContainsSubstring("the configuration differs: rank 1 on "));
  CHECK(seeds[0] == seeds[1]);
  config::Configuration fewer = job.configuration;
  fewer.data.val_images -= 1;
  const auto data = failures_of([&](TrainJob& own) { own.data = tests::job_in(folder / "run", fewer).data; });
  CHECK_THAT(data[0], ContainsSubstring("the data differs: rank 1 on machine0 has 80 training and 39 validation images"));
  CHECK(data[0] == data[1]);
  CHECK_FALSE(std::filesystem::exists(folder / "run" / "metrics.jsonl"));
}

TEST_CASE("Texts and numbers reach all processes", "[train]") {
  if (!processes::have_process_groups()) return;
  const auto failures = together(4, [](const std::shared_ptr<ProcessGroup>& group) {
    const auto texts = group->gather(std::string(static_cast<size_t>(group->rank()), 'x'));
    if (texts != std::vector<std::string>{"", "x", "xx", "xxx"}) throw std::runtime_error("gather");
    if (group->broadcast(group->leads() ? "word" : "") != "word") throw std::runtime_error("broadcast");
    torch::Tensor vector = torch::arange(5, torch::kFloat) + static_cast<double>(group->rank());
    group->tree_sum(vector);
    if (!vector.equal(4 * torch::arange(5, torch::kFloat) + 6)) throw std::runtime_error("tree_sum");
    if (group->leads()) group->announce("first");
    else if (group->next_announcement() != "first") throw std::runtime_error("announcement");
    group->gather({});
  });
  CHECK(none(failures));
}

TEST_CASE("The shares of a loader hold each micro-batch and each image of an evaluation once", "[train]") {
  const config::Configuration c = tests::group_configuration(config::Norm::layer, "adamw");
  const data::DataSource data = data::open_data(c.data, {"test", "/data"});
  std::multiset<int64_t> rows, batches;
  for (int64_t share = 0; share < 4; ++share) {
    data::LoaderOptions options;
    options.batch_size = 16;
    options.micro_batch_size = 2;
    options.shares = 4;
    options.share = share;
    data::Loader train(data.train, c.data, c.recipe, data::LoaderMode::train, options);
    train.begin(0, 4);
    while (const auto batch = train.next()) rows.insert(batch->rows.first);
    options.batch_size = 6;
    options.micro_batch_size = 0;
    data::Loader eval(data.val, c.data, c.recipe, data::LoaderMode::eval, options);
    eval.begin(0);
    while (const auto batch = eval.next()) {
      CHECK(batch->index % 4 == share);
      batches.insert(batch->index);
    }
  }
  CHECK(rows == std::multiset<int64_t>{0, 1, 2, 3, 4, 5, 6, 7});
  CHECK(batches == std::multiset<int64_t>{0, 1, 2, 3, 4, 5, 6});
}

}  // namespace group_test
