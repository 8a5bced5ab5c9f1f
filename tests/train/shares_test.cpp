#include "staircase/train/shares.h"

#include "staircase/nn/initialize.h"
#include "staircase/train/average.h"
#include "staircase/train/optimizer.h"
#include "staircase/train/trainer.h"
#include "support/temporary_folder.h"
#include "train/together.h"

namespace shares_test {

using namespace staircase;
using namespace staircase::train;
namespace fs = std::filesystem;
using processes::ProcessGroup;
using tests::check_same_results, tests::group_configuration, tests::none, tests::together, tests::train_together;

namespace {

std::shared_ptr<nn::Classifier> small_model() {
  config::ModelOptions options;
  options.depths = {1, 1};
  options.width_factor = 0.0625;
  options.num_classes = 3;
  auto model = std::make_shared<nn::Classifier>(options);
  nn::initialize(*model, 0);
  return model;
}

/// Some steps with gradients that are random, but the same everywhere.
void take_steps(nn::Classifier& model, Optimizer& optimizer, WeightAverage& average) {
  const torch::NoGradGuard no_grad;
  for (int64_t step = 0; step < 3; ++step) {
    int64_t place = 0;
    for (torch::Tensor parameter : model.parameters()) {
      const torch::Tensor numbers = torch::arange(parameter.numel()).to(torch::kFloat);
      parameter.mutable_grad() =
          torch::sin(numbers * 1.7 + static_cast<double>(++place + 31 * step)).view(parameter.sizes());
    }
    optimizer.step(0.01);
    average.update();
  }
}

config::RecipeOptions recipe_of(config::Optimizer optimizer) {
  config::RecipeOptions recipe;
  recipe.optimizer = optimizer;
  recipe.clip_grad_norm = 0.5;
  recipe.layer_decay = 0.7;
  return recipe;
}

int64_t numbers_here(const std::vector<KeptTensor>& state) {
  int64_t count = 0;
  for (const KeptTensor& each : state)
    if (each.tensor.defined()) count += each.tensor.numel();
  return count;
}

int64_t numbers(const std::vector<KeptTensor>& state) {
  int64_t count = 0;
  for (const KeptTensor& each : state) count += torch::empty(each.sizes).numel();
  return count;
}

/// The state as rank 0 writes it.
std::vector<torch::Tensor> at_lead(const Shares& shares, const std::vector<KeptTensor>& state) {
  std::vector<torch::Tensor> list;
  for (const KeptTensor& each : state) list.push_back(shares.at_lead(each));
  return list;
}

bool equal(const std::vector<torch::Tensor>& a, const std::vector<torch::Tensor>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const torch::Tensor& x, const torch::Tensor& y) { return x.equal(y); });
}

void expect(bool is_so, const std::string& what) {
  if (!is_so) throw std::runtime_error(what);
}

fs::path checkpoint_in(const fs::path& folder) {
  fs::path newest;
  for (const auto& entry : fs::directory_iterator(folder / "checkpoints")) newest = std::max(newest, entry.path());
  return newest;
}

}  // namespace

TEST_CASE("Shares of 2 and 3 processes update every parameter and average as one process does", "[train]") {
  if (!processes::have_process_groups()) return;
  for (const config::Optimizer kind : {config::Optimizer::adamw, config::Optimizer::sgd}) {
    const config::RecipeOptions recipe = recipe_of(kind);
    const auto alone = small_model();
    Optimizer whole(*alone, recipe);
    WeightAverage whole_average(alone, 0.9, false);
    take_steps(*alone, whole, whole_average);
    const std::vector<torch::Tensor> moments = at_lead({}, whole.state()),
                                     averaged = at_lead({}, whole_average.state());
    for (const int64_t count : {2, 3}) {
      INFO(count << " processes");
      std::vector<int64_t> kept(static_cast<size_t>(count));
      const auto failures = together(count, [&](const std::shared_ptr<ProcessGroup>& group) {
        const auto model = small_model();
        const Shares shares(*model, group.get());
        Optimizer optimizer(*model, recipe, shares);
        WeightAverage average(model, 0.9, false, shares);
        take_steps(*model, optimizer, average);
        expect(equal(model->parameters(), alone->parameters()), "other parameters");
        kept[static_cast<size_t>(group->rank())] = numbers_here(optimizer.state());
        const int64_t total = numbers(optimizer.state());
        expect(kept[static_cast<size_t>(group->rank())] <= 2 * total / count, "more than twice its share");
        expect(numbers_here(average.state()) < numbers(average.state()), "the average is whole");
        const auto of_optimizer = at_lead(shares, optimizer.state()), of_average = at_lead(shares, average.state());
        if (group->leads()) expect(equal(of_optimizer, moments) && equal(of_average, averaged), "another state");
        average.complete();
        expect(equal(average.model()->parameters(), whole_average.model()->parameters()), "another average");
        average.forget();
        group->gather({});
      });
      CHECK(failures == std::vector<std::string>(static_cast<size_t>(count)));
      int64_t together_kept = 0;
      for (const int64_t each : kept) together_kept += each;
      CHECK(together_kept == numbers(whole.state()));
    }
  }
}

TEST_CASE("Shares are about equal, and one process has all", "[train]") {
  const auto model = small_model();
  const Shares one;
  CHECK_FALSE(one.are_several());
  CHECK(one.are_here(one.keeper("head.linear.weight")));
  CHECK(numbers_here(Optimizer(*model, {}).state()) == numbers(Optimizer(*model, {}).state()));
}

TEST_CASE("A sharded run leaves the files and the checkpoints of one that is not", "[train]") {
  if (!processes::have_process_groups()) return;
  const tests::TemporaryFolder folder;
  for (const char* recipe : {"adamw", "sgd"}) {
    INFO(recipe);
    config::Configuration c = group_configuration(config::Norm::batch, recipe);
    if (c.recipe.optimizer == config::Optimizer::adamw) c.recipe.layer_decay = 0.8;
    const auto in = [&](const char* name) { return folder / (std::string(recipe) + name); };
    tests::train_through(tests::job_in(in("through"), c));
    tests::StopAfter alone(3);
    CHECK_THROWS_WITH(train::train(tests::job_in(in("one"), c), alone, alone.stop),
                      ContainsSubstring("stopped at step"));
    c.recipe.shard_optimizer = true;
    for (const int64_t count : {2, 4}) {
      INFO(count << " processes");
      const TrainJob job = tests::job_in(in(std::to_string(count).c_str()), c);
      train_together(count, job, 2, count - 1);  // who hears of it with the next step
      CHECK((read_file(checkpoint_in(job.folder)) == read_file(checkpoint_in(in("one")))));
      CHECK(none(train_together(count, job)));
      check_same_results(in("through"), job.folder);
    }
  }
}

TEST_CASE("A run goes on with and without shares, on any number of processes", "[train]") {
  if (!processes::have_process_groups()) return;
  const tests::TemporaryFolder folder;
  config::Configuration whole = group_configuration(config::Norm::batch, "adamw"), sharded = whole;
  sharded.recipe.shard_optimizer = true;
  tests::train_through(tests::job_in(folder / "through", whole));
  const fs::path run = folder / "run";
  train_together(4, tests::job_in(run, sharded), 2, 3);
  tests::StopAfter alone(4);
  CHECK_THROWS_WITH(train::train(tests::job_in(run, whole), alone, alone.stop), ContainsSubstring("stopped at step 4"));
  train_together(2, tests::job_in(run, sharded), 6, 1);
  train_together(2, tests::job_in(run, whole), 8, 1);
  CHECK(none(train_together(4, tests::job_in(run, sharded))));
  check_same_results(folder / "through", run);
}

TEST_CASE("Frozen parameters have their average in one share, too", "[train]") {
  if (!processes::have_process_groups()) return;
  const tests::TemporaryFolder folder;
  config::Configuration c = group_configuration(config::Norm::batch, "adamw");
  c.init.freeze = config::Freeze::backbone;
  tests::train_through(tests::job_in(folder / "through", c));
  c.recipe.shard_optimizer = true;
  CHECK(none(train_together(4, tests::job_in(folder / "run", c))));
  check_same_results(folder / "through", folder / "run");
}

}  // namespace shares_test
