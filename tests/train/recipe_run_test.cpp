// What of the recipe shows only in a run: mixing, smoothing, the average, clipping, accumulation, drop path.

#include <cmath>
#include <map>

#include "staircase/data/loader.h"
#include "staircase/interop/model_file.h"
#include "staircase/train/checkpoint.h"
#include "staircase/train/mixing.h"
#include "staircase/train/run_state.h"
#include "staircase/train/start.h"
#include "staircase/train/trainer.h"
#include "support/catch.h"
#include "support/temporary_folder.h"
#include "train/small_job.h"

namespace recipe_run_test {

using namespace staircase;
using namespace staircase::train;
using tests::job_in;

namespace {

/// Notes what it is told and asks for a stop after a number of steps.
class Notes : public TrainObserver {
 public:
  explicit Notes(int64_t last = -1) : last_(last) {}
  void on_step(const StepReport& report) override {
    steps.push_back(report);
    stop = report.step == last_;
  }
  void on_warning(const std::string&) override {}
  std::vector<StepReport> steps;
  std::atomic<bool> stop{false};

 private:
  int64_t last_;
};

/// One step of plain SGD over all 80 images, of a network without batch norm.
config::Configuration one_step() {
  config::Configuration c = tests::small_configuration();
  c.model.norm = config::Norm::layer;
  config::RecipeOptions& r = c.recipe;
  r.epochs = 1;
  r.batch_size = 80;
  r.optimizer = config::Optimizer::sgd;
  r.schedule = config::Schedule::step;
  r.learning_rate = 1;
  r.warmup_epochs = r.momentum = r.weight_decay = r.ema_decay = 0;
  return c;
}

using Weights = std::map<std::string, torch::Tensor>;

Weights weights_of(const nn::Classifier& model) {
  Weights weights;
  for (const auto& item : model.named_parameters()) weights[item.key()] = item.value().detach().clone();
  return weights;
}

/// Of a run's weights file.
Weights last_weights(const TrainJob& job) {
  return weights_of(*interop::build_model(interop::open_model_file(job.folder / "weights.safetensors")));
}

/// What a run of the job starts with.
Weights first_weights(const TrainJob& job) {
  nn::Classifier model(job.configuration.model);
  fill_weights(model, static_cast<uint64_t>(job.seed), job.configuration.init, job.configuration.recipe);
  return weights_of(model);
}

double distance(const Weights& a, const Weights& b) {
  REQUIRE(a.size() == b.size());
  double squares = 0;
  for (const auto& [name, tensor] : a) squares += (b.at(name) - tensor).pow(2).sum().item<double>();
  return std::sqrt(squares);
}

double distance_from_start(const TrainJob& job) { return distance(first_weights(job), last_weights(job)); }

}  // namespace

TEST_CASE("A step descends the loss of its counters' mix and smoothed targets, at the recipe's rate", "[train]") {
  const tests::TemporaryFolder folder;
  for (const Mix::Kind kind : {Mix::Kind::mixup, Mix::Kind::cutmix}) {
    const std::string name = kind == Mix::Kind::mixup ? "mixup" : "cutmix";
    INFO(name);
    config::Configuration c = one_step();
    c.recipe.learning_rate = 0.25;
    c.recipe.drop_path_rate = {0.0};
    (kind == Mix::Kind::mixup ? c.recipe.cutmix_alpha : c.recipe.mixup_alpha) = 0;
    TrainJob job = job_in(folder / name, c);
    job.seed = 3;

    nn::Classifier model(c.model);
    fill_weights(model, 3, c.init, c.recipe);
    data::Loader loader(job.data.train, c.data, c.recipe, data::LoaderMode::train, {80, 1, 3});
    loader.begin(0);
    const data::Batch batch = loader.next().value();
    const Mix mix = draw_mix(c.recipe, RandomStream(Purpose::mixing, {3, 0}), 16, 16);
    REQUIRE(mix.kind == kind);
    const torch::Tensor logits = model.forward(mix_images(batch.images, mix));
    soft_cross_entropy(logits, mix_targets(batch.labels, 10, 0.1, mix)).backward();
    Weights expected;
    for (const auto& item : model.named_parameters())
      expected[item.key()] = item.value().detach() - 0.25 * item.value().grad();

    Notes notes;
    train::train(job, notes, notes.stop);
    CHECK(notes.steps.size() == 1);
    const double step = distance(first_weights(job), expected);
    CHECK(step > 0.01);
    CHECK(distance(expected, last_weights(job)) < 1e-4 * step);
  }
}

TEST_CASE("Clipping acts in every precision", "[train]") {
  const tests::TemporaryFolder folder;
  std::vector<Weights> ends;
  for (const config::Precision precision : {config::Precision::fp32, config::Precision::bf16}) {
    INFO(to_name(precision));
    config::Configuration c = one_step();
    c.recipe.precision = precision;
    c.recipe.clip_grad_norm = 0.01;
    const TrainJob job = job_in(folder / std::string(to_name(precision)), c);
    Notes notes;
    train::train(job, notes, notes.stop);
    CHECK(distance_from_start(job) == Approx(0.01).epsilon(0.01));
    ends.push_back(last_weights(job));
  }
  CHECK(distance(ends[0], ends[1]) > 1e-5);  // or both were computed in float
  CHECK(distance(ends[0], ends[1]) < 0.005);
}

TEST_CASE("Clipping acts once on what all micro-batches accumulated", "[train]") {
  const tests::TemporaryFolder folder;
  config::Configuration c = one_step();
  c.recipe.clip_grad_norm = 0.01;
  std::vector<Weights> ends;
  for (const int64_t micro : {0, 20}) {  // 0: the whole batch
    c.recipe.micro_batch_size = micro;
    const TrainJob job = job_in(folder / std::to_string(micro), c);
    Notes notes;
    train::train(job, notes, notes.stop);
    CHECK(notes.steps.size() == 1);
    CHECK(distance_from_start(job) == Approx(0.01).epsilon(0.01));
    ends.push_back(last_weights(job));
  }
  CHECK(distance(ends[0], ends[1]) < 1e-5);
}

TEST_CASE("A run's average starts from a copy of its first weights", "[train]") {
  const tests::TemporaryFolder folder;
  config::Configuration c = one_step();
  c.recipe.learning_rate = 0;
  c.recipe.ema_decay = 0.5;
  const TrainJob job = job_in(folder / "run", c);
  Notes notes;
  train::train(job, notes, notes.stop);
  CHECK(distance_from_start(job) < 1e-6);
}

TEST_CASE("The average is updated once an optimizer step, however many micro-batches it has", "[train]") {
  const tests::TemporaryFolder folder;
  config::Configuration c = tests::small_configuration();
  c.recipe.micro_batch_size = 4;
  const TrainJob job = job_in(folder / "run", c);
  Notes notes(7);
  CHECK_THROWS_AS(train::train(job, notes, notes.stop), Interrupted);
  const auto checkpoint = CheckpointStore(job.folder / "checkpoints").load_newest([](const std::string&) {});
  REQUIRE(checkpoint);
  CHECK(checkpoint->state.at("average_updates") == 7);
  CHECK(checkpoint->state.at("optimizer_steps") == 7);
}

TEST_CASE("Scores of the raw and of the averaged weights are both reported", "[train]") {
  const tests::TemporaryFolder folder;
  config::Configuration c = tests::small_configuration();
  c.recipe.ema_decay = 0.99;
  Notes notes;
  const config::Json summary = train::train(job_in(folder / "run", c), notes, notes.stop);
  for (const char* key : {"top1", "top1_ema", "top5", "top5_ema"}) CHECK(summary.contains(key));
  CHECK(summary.at("loss") != summary.at("loss_ema"));
}

TEST_CASE("A run takes each step at the schedule's rate, whatever the batch", "[train]") {
  const tests::TemporaryFolder folder;
  for (const int64_t batch : {16, 40}) {
    config::Configuration c = tests::small_configuration();
    c.recipe.batch_size = batch;
    Notes notes;
    train::train(job_in(folder / std::to_string(batch), c), notes, notes.stop);
    const int64_t warmup = 80 / batch;
    REQUIRE(static_cast<int64_t>(notes.steps.size()) == 3 * warmup);
    CHECK(notes.steps[0].learning_rate == 0.0);
    CHECK(notes.steps[warmup - 1].learning_rate == Approx(1e-3));
    CHECK(notes.steps[warmup].learning_rate == Approx(1e-3));
    CHECK(notes.steps[2 * warmup].learning_rate == Approx(1e-6 + (1e-3 - 1e-6) / 2));  // half of the cosine
  }
}

TEST_CASE("Drop path is the recipe's rate, or the model's where the recipe says so", "[train]") {
  const tests::TemporaryFolder folder;
  config::Configuration c = tests::small_configuration();
  c.recipe.drop_path_rate = config::RecipeOptions{}.drop_path_rate;
  CHECK(RunState(job_in(folder / "a", c)).model->blocks().back()->drop_path() == Approx(0.1));
  c.recipe.drop_path_rate = {std::nullopt};
  c.model_drop_path_rate = 0.4;
  CHECK(RunState(job_in(folder / "b", c)).model->blocks().back()->drop_path() == Approx(0.4));
}

}  // namespace recipe_run_test
