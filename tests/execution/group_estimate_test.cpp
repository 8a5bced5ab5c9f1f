#include "staircase/execution/group_estimate.h"

#include "staircase/execution/estimate.h"
#include "staircase/plan/named_models.h"
#include "staircase/processes/process_group.h"
#include "support/catch.h"
#include "support/small_experiment.h"

namespace group_estimate_test {

using namespace staircase;
using namespace staircase::execution;

namespace {

constexpr double tiny = 28'589'128, base = 88'591'464;  // as published with ConvNeXt-T and -B

train::TrainJob job_of(const char* model, int64_t batch, int64_t micro_batch) {
  train::TrainJob job;
  config::Configuration& c = job.configuration;
  c.model = plan::find_model(model, {}).options;
  c.model.num_classes = 1000;
  c.model.in_channels = 3;
  c.data.image_size_px = 224;
  c.recipe.batch_size = batch;
  c.recipe.micro_batch_size = micro_batch;
  return job;
}

}  // namespace

TEST_CASE("A process sends a ring's volume of gradients", "[execution]") {
  // Two nodes with a port of 400 Gbit/s take 2.7 and 8.3 ms, and 8 processes send 200 and 620 MB each.
  const GroupLink port{2, bytes_per_second_of(400)};
  const GroupStep of_tiny = estimate_group_step(job_of("convnext_tiny", 256, 128), 1e-3, port);
  CHECK(of_tiny.sent_bytes == Approx(4 * tiny));
  CHECK(of_tiny.sending_seconds == Approx(2.7e-3).margin(0.05e-3));
  CHECK(estimate_group_step(job_of("convnext_base", 256, 128), 1e-3, port).sending_seconds ==
        Approx(8.3e-3).margin(0.05e-3));
  train::TrainJob halved = job_of("convnext_tiny", 256, 128);
  halved.configuration.recipe.gradient_exchange = config::Precision::bf16;
  CHECK(estimate_group_step(halved, 1e-3, port).sent_bytes == Approx(2 * tiny));
  const GroupLink eight{8, 1e9};
  CHECK(estimate_group_step(job_of("convnext_tiny", 256, 32), 1e-3, eight).sent_bytes == Approx(2 * 0.875 * 4 * tiny));
  CHECK(estimate_group_step(job_of("convnext_base", 256, 32), 1e-3, eight).sent_bytes == Approx(2 * 0.875 * 4 * base));
}

TEST_CASE("A step computes a process's images, and what the last backward pass hides costs nothing", "[execution]") {
  const GroupLink link{4, 1e9};
  const GroupStep step = estimate_group_step(job_of("convnext_tiny", 256, 16), 0.05, link);
  CHECK(step.compute_seconds == Approx(64 * 0.05));
  const double sending = 2 * 0.75 * 4 * tiny / 1e9;
  CHECK(step.sending_seconds == Approx(sending));
  const double buckets = 110;  // of 2^18 numbers; the last leaves after the pass
  CHECK(step.hidden_seconds == Approx(sending * (buckets - 1) / buckets));
  CHECK(step.seconds() == Approx(64 * 0.05 + sending / buckets));
  // A pass that is shorter hides less.
  const GroupStep fast = estimate_group_step(job_of("convnext_tiny", 256, 16), 0.003, link);
  CHECK(fast.hidden_seconds == Approx(2.0 / 3 * 16 * 0.003));
  CHECK(fast.seconds() == Approx(64 * 0.003 + sending - 2.0 / 3 * 16 * 0.003));
  // Cores that move the numbers themselves hide nothing.
  CHECK(estimate_group_step(job_of("convnext_tiny", 256, 16), 0.05, {4, 1e9, false}).hidden_seconds == 0);
}

TEST_CASE("A small network leaves in one bucket, which nothing hides", "[execution]") {
  train::TrainJob job;
  job.configuration = tests::small_configuration();
  job.configuration.recipe.micro_batch_size = 4;
  const GroupStep step = estimate_group_step(job, 0.1, {2, 1e6});
  CHECK(step.sent_bytes > 0);
  CHECK(step.hidden_seconds == 0);
}

TEST_CASE("Shares of the optimizer cost a gathering and save memory", "[execution]") {
  train::TrainJob job = job_of("convnext_tiny", 256, 16);
  const GroupLink link{4, 1e9};
  const GroupStep whole = estimate_group_step(job, 0.05, link);
  CHECK(whole.state_bytes == Approx(3 * 4 * tiny));  // two moments and the average
  job.configuration.recipe.shard_optimizer = true;
  const GroupStep shared = estimate_group_step(job, 0.05, link);
  CHECK(shared.state_bytes == Approx(3 * 4 * tiny / 4));
  CHECK(shared.whole_state_bytes == Approx(3 * 4 * tiny));
  CHECK(shared.sent_bytes == Approx(1.5 * whole.sent_bytes));
  CHECK(shared.hidden_seconds == Approx(whole.hidden_seconds));  // the parameters are sent after the step
  job.configuration.recipe.optimizer = config::Optimizer::sgd;
  job.configuration.recipe.ema_decay = 0;
  CHECK(estimate_group_step(job, 0.05, link).whole_state_bytes == Approx(4 * tiny));
}

TEST_CASE("The link between two processes here is measured", "[execution]") {
  const auto rate = measure_bytes_per_second();
  if (!processes::have_process_groups()) {
    CHECK_FALSE(rate);
    return;
  }
  REQUIRE(rate);
  CHECK(*rate > 1e6);
  CHECK(*rate < 1e12);
}

}  // namespace group_estimate_test
