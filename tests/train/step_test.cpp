#include "staircase/train/step.h"

#include <limits>

#include "staircase/train/batches.h"
#include "staircase/train/classification.h"
#include "staircase/train/run_state.h"
#include "support/catch.h"
#include "train/small_job.h"

namespace step_test {

using namespace staircase;
using namespace staircase::train;

namespace {

struct Step {
  double loss = 0;
  std::vector<torch::Tensor> gradients;
};

/// Loss and gradients of the epoch's first step from the job's first weights.
Step first_step(const TrainJob& job, const std::shared_ptr<const Task>& task) {
  RunState state(job);
  state.start(job);
  state.model->train();
  const auto loader = make_train_loader(job, job.configuration.recipe.micro_batch_size, {});
  loader->begin(0);
  StepGradients gradients(job, task);
  Step step;
  step.loss = gradients.take(*state.model, 0, [&] { return loader->next().value(); }).loss;
  for (const torch::Tensor& parameter : state.model->parameters()) step.gradients.push_back(parameter.grad());
  return step;
}

/// Everything random is on; LayerScale at 1, so that drop path shows.
config::Configuration random_configuration() {
  config::Configuration c = tests::small_configuration();
  c.model.norm = config::Norm::layer;
  c.recipe.drop_path_rate = {0.5};
  return c;
}

class Broken : public Classification {
 public:
  Broken() : Classification(10, 0.0) {}
  torch::Tensor loss(const torch::Tensor& outputs, const std::vector<torch::Tensor>& targets) const override {
    return Classification::loss(outputs, targets) * std::numeric_limits<double>::infinity();
  }
};

}  // namespace

TEST_CASE("Loss and gradients of a step are those of the whole batch, however it is cut", "[train]") {
  config::Configuration c = random_configuration();
  const TrainJob whole = tests::job_in("", c);
  const Step expected = first_step(whole, task_of(whole));
  CHECK(expected.loss > 0.1);
  for (const int64_t micro : {2, 4, 8, 16}) {
    INFO("micro-batches of " << micro);
    c.recipe.micro_batch_size = micro;
    const TrainJob job = tests::job_in("", c);
    CHECK(StepGradients(job, task_of(job)).micro_batches() == 16 / micro);
    const Step step = first_step(job, task_of(job));
    CHECK(step.loss == Approx(expected.loss).epsilon(1e-5));
    REQUIRE(step.gradients.size() == expected.gradients.size());
    for (size_t i = 0; i < step.gradients.size(); ++i)
      CHECK(torch::allclose(step.gradients[i], expected.gradients[i], 1e-3, 1e-5));
  }
}

TEST_CASE("A micro-batch as large as the batch gives the same bits as none", "[train]") {
  config::Configuration c = random_configuration();
  const TrainJob whole = tests::job_in("", c);
  c.recipe.micro_batch_size = c.recipe.batch_size;
  const TrainJob one = tests::job_in("", c);
  const Step a = first_step(whole, task_of(whole)), b = first_step(one, task_of(one));
  CHECK(a.loss == b.loss);
  for (size_t i = 0; i < a.gradients.size(); ++i) CHECK(torch::equal(a.gradients[i], b.gradients[i]));
}

TEST_CASE("A loss that is not finite ends the step before gradients are made", "[train]") {
  const TrainJob job = tests::job_in("");
  CHECK_THROWS_WITH(first_step(job, std::make_shared<Broken>()),
                    ContainsSubstring("the loss is not finite at step 1 (epoch 1): "));
}

}  // namespace step_test
