#include "staircase/train/evaluate.h"

#include <cmath>

#include "staircase/nn/initialize.h"
#include "staircase/train/batches.h"
#include "staircase/train/classification.h"
#include "support/catch.h"
#include "train/small_job.h"

namespace evaluate_test {

using namespace staircase;
using namespace staircase::train;

namespace {

std::shared_ptr<nn::Classifier> network(uint64_t seed) {
  auto model = std::make_shared<nn::Classifier>(tests::small_configuration().model);
  nn::initialize(*model, seed);
  return model;
}

}  // namespace

TEST_CASE("Two networks are evaluated over one pass, each with the bits that it has alone", "[train]") {
  TrainJob job = tests::job_in("");
  const auto counted = std::make_shared<tests::ReadDataset>(job.data.val);
  const auto first = network(0), second = network(1);
  second->eval();
  const Classification task(10, 0.1);
  const auto run = [&](const std::vector<nn::Classifier*>& models) {
    const auto loader = make_eval_loader(job, counted, {});
    return evaluate(models, *loader, task, torch::kCPU, config::Precision::fp32);
  };
  const auto both = run({first.get(), second.get()});
  CHECK(counted->reads == 40);
  REQUIRE(both.size() == 2);
  CHECK(both[0].values == run({first.get()}).at(0).values);
  CHECK(both[1].values == run({second.get()}).at(0).values);
  CHECK(both[0].values != both[1].values);
  CHECK(first->is_training());
  CHECK_FALSE(second->is_training());
}

TEST_CASE("Top-1, top-5 and loss are those of hand-made logits, over batches of any size", "[train]") {
  const Classification task(6, 0.1);
  // The label's rank: 1, 2, 6, 1.
  const torch::Tensor logits = torch::tensor({{6.F, 5.F, 4.F, 3.F, 2.F, 1.F},
                                              {6.F, 5.F, 4.F, 3.F, 2.F, 1.F},
                                              {6.F, 5.F, 4.F, 3.F, 2.F, 1.F},
                                              {0.F, 0.F, 0.F, 0.F, 0.F, 9.F}});
  const torch::Tensor labels = torch::tensor({0, 1, 5, 5}, torch::kLong);
  const auto sums_of = [&](int64_t from, int64_t to) {
    TaskBatch batch;
    batch.batch.labels = labels.slice(0, from, to);
    return task.sums(logits.slice(0, from, to), batch);
  };
  auto sums = sums_of(0, 3);
  const auto rest = sums_of(3, 4);
  for (size_t i = 0; i < sums.size(); ++i) sums[i] += rest[i];
  const auto values = task.values(sums, 4);
  REQUIRE(values.size() == task.metrics().metrics.size());
  CHECK(values[0] == 50.0);
  CHECK(values[1] == 75.0);
  const double all = std::log(std::exp(6.) + std::exp(5.) + std::exp(4.) + std::exp(3.) + std::exp(2.) + std::exp(1.));
  CHECK(values[2] == Approx((3 * all - 6 - 5 - 1 + std::log(5 + std::exp(9.)) - 9) / 4).epsilon(1e-5));
}

}  // namespace evaluate_test
