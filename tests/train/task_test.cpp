// The trainer knows a task by its interface alone: one that is no classification runs through it.

#include "staircase/train/task.h"

#include <cmath>

#include "staircase/base/files.h"
#include "staircase/interop/model_file.h"
#include "staircase/train/classification.h"
#include "support/catch.h"
#include "support/temporary_folder.h"
#include "train/small_job.h"

namespace task_test {

using namespace staircase;
using namespace staircase::train;

namespace {

/// Output 0 is the label's index over 10, from images at half their contrast.
class Regression : public Task {
 public:
  const config::TaskMetrics& metrics() const override { return metrics_; }
  torch::Tensor inputs(const TaskBatch& batch) const override { return batch.batch.images * 0.5; }
  std::vector<torch::Tensor> targets(const TaskBatch& batch) const override {
    const torch::Tensor own = batch.batch.labels.to(torch::kFloat) / 10.0;
    const double lambda = batch.mix.kind == Mix::Kind::none ? 1.0 : batch.mix.lambda;
    return {own * lambda + own.flip({0}) * (1.0 - lambda), torch::ones_like(own)};
  }
  torch::Tensor loss(const torch::Tensor& outputs, const std::vector<torch::Tensor>& targets) const override {
    return ((outputs.select(1, 0) - targets.at(0)).square() * targets.at(1)).mean();
  }
  std::vector<double> sums(const torch::Tensor& outputs, const TaskBatch& batch) const override {
    const torch::Tensor error = outputs.select(1, 0) - batch.batch.labels.to(torch::kFloat) / 10.0;
    return {error.abs().sum().item<double>()};
  }
  std::vector<double> values(const std::vector<double>& sums, int64_t images) const override {
    return {sums.at(0) / static_cast<double>(images)};
  }

 private:
  config::TaskMetrics metrics_{"regression", {{"mean_error", "mean error", "", false}}, 0};
};

}  // namespace

TEST_CASE("A task of another kind trains, is evaluated by its own metric, and leaves the same files", "[train]") {
  const tests::TemporaryFolder folder;
  config::Configuration c = tests::small_configuration();
  c.recipe.micro_batch_size = 4;
  c.recipe.epochs = 8;
  TrainJob job = tests::job_in(folder / "run", c);
  job.task = std::make_shared<Regression>();
  const config::Json summary = tests::train_through(job);
  CHECK(summary.contains("mean_error_ema"));
  for (const char* key : {"top1", "loss", "top5_ema"}) CHECK_FALSE(summary.contains(key));

  const auto model = interop::build_model(interop::open_model_file(job.folder / "weights_raw.safetensors"));
  double error = 0;
  data::Loader loader(job.data.val, c.data, c.recipe, data::LoaderMode::eval, {40, 1});
  loader.begin(0);
  const data::Batch batch = loader.next().value();
  {
    const torch::NoGradGuard no_grad;
    const torch::Tensor outputs = model->forward(batch.images * 0.5);
    for (int64_t i = 0; i < 40; ++i)
      error += std::abs(outputs[i][0].item<double>() - 0.1 * batch.labels[i].item<double>());
  }
  CHECK(summary.at("mean_error").get<double>() == Approx(error / 40).epsilon(1e-4));

  const std::string lines = read_file(job.folder / "metrics.jsonl");
  const config::Json first = config::parse_json(lines.substr(0, lines.find('\n')), "first");
  CHECK(summary.at("train_loss").get<double>() < 0.5 * first.at("train_loss").get<double>());
}

TEST_CASE("A job without a task classifies into the data's classes, smoothed as the recipe says", "[train]") {
  const auto task = task_of(tests::job_in(""));
  CHECK(task->metrics().primary_metric().name == "top1");
  TaskBatch batch;
  batch.batch.labels = torch::tensor({3}, torch::kLong);
  const torch::Tensor targets = task->targets(batch).at(0);
  REQUIRE(targets.sizes() == torch::IntArrayRef({1, 10}));
  CHECK(targets[0][3].item<double>() == Approx(0.91));
  CHECK(targets[0][0].item<double>() == Approx(0.01));
}

}  // namespace task_test
