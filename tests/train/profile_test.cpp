#include "staircase/train/profile.h"

#include <torch/csrc/autograd/custom_function.h>

#include <chrono>
#include <set>
#include <thread>

#include "staircase/nn/part_scope.h"
#include "staircase/nn/recompute.h"
#include "staircase/train/part_clock.h"
#include "support/catch.h"
#include "train/small_job.h"

namespace profile_test {

using namespace staircase;
using namespace staircase::train;

namespace {

constexpr double long_seconds = 0.03;

void take_long() { std::this_thread::sleep_for(std::chrono::duration<double>(long_seconds)); }

/// Takes long on the way back alone.
struct SlowWayBack : torch::autograd::Function<SlowWayBack> {
  static torch::Tensor forward(torch::autograd::AutogradContext*, const torch::Tensor& x) { return x * 1; }
  static torch::autograd::variable_list backward(torch::autograd::AutogradContext*,
                                                 torch::autograd::variable_list outputs) {
    take_long();
    return {outputs[0]};
  }
};

torch::Tensor leaf() { return torch::ones({2}).requires_grad_(); }

void go_back(const torch::Tensor& y) {
  const nn::PartScope part(nn::backward_part);
  y.sum().backward();
}

const StepProfile::Part& part(const StepProfile& profile, const std::string& name) {
  for (const auto& each : profile.parts)
    if (each.name == name) return each;
  FAIL("no part " << name);
  return profile.parts.front();
}

double sum_of(const StepProfile& profile) {
  double sum = 0;
  for (const auto& each : profile.parts) sum += each.ms;
  return sum;
}

}  // namespace

TEST_CASE("A part is timed without the parts within it", "[train]") {
  PartClock clock;
  {
    const nn::PartScope outer("outer");
    const nn::PartScope inner("inner");
    take_long();
  }
  CHECK(clock.times().at("inner").forward_seconds >= long_seconds);
  CHECK(clock.times().at("outer").forward_seconds < long_seconds / 2);
}

TEST_CASE("The way back through a part counts as its own, whichever parts came between", "[train]") {
  PartClock clock;
  torch::Tensor y = leaf();
  {
    const nn::PartScope part("slow");
    y = SlowWayBack::apply(y);
  }
  {
    const nn::PartScope part("quick");
    y = y * 2;
  }
  go_back(y);
  CHECK(clock.times().at("slow").backward_seconds >= long_seconds);
  CHECK(clock.times().at("slow").forward_seconds < long_seconds / 2);
  CHECK(clock.times().at("quick").backward_seconds < long_seconds / 2);
}

TEST_CASE("The way back through what no part holds counts with the backward pass", "[train]") {
  PartClock clock;
  go_back(SlowWayBack::apply(leaf()));
  const PartTime time = clock.times().at(std::string(nn::backward_part));
  CHECK(time.forward_seconds + time.backward_seconds >= long_seconds);
}

TEST_CASE("What is computed again in the backward pass counts with its part, there and back", "[train]") {
  PartClock clock;
  const torch::nn::Module nothing;
  const torch::Tensor y = nn::recomputed(
      nothing,
      [](const torch::Tensor& x) {
        const nn::PartScope part("again");
        take_long();
        return SlowWayBack::apply(x);
      },
      leaf());
  clock.restart();
  go_back(y);
  CHECK(clock.times().at("again").forward_seconds >= long_seconds);
  CHECK(clock.times().at("again").backward_seconds >= long_seconds);
}

TEST_CASE("A clock that started anew knows no times of before", "[train]") {
  PartClock clock;
  { const nn::PartScope part("before"); }
  clock.restart();
  CHECK(clock.times().empty());
}

TEST_CASE("A thread has one clock at a time", "[train]") {
  { const PartClock first; }
  const PartClock second;
  CHECK_THROWS_AS(PartClock(), std::logic_error);
}

TEST_CASE("A profile names layers, loss, optimizer, average and loader, and adds up to the step", "[train]") {
  config::Configuration c = tests::small_configuration();
  for (const bool checkpoint : {false, true}) {
    c.recipe.checkpoint_activations = checkpoint;
    const StepProfile profile = profile_steps(tests::job_in("", c), 0.05);
    CHECK(profile.steps >= 3);
    CHECK(sum_of(profile) == Approx(profile.step_ms).epsilon(1e-6));
    std::set<std::string> names;
    for (const auto& each : profile.parts) {
      INFO(each.name << " " << each.ms << " of " << profile.step_ms << " ms");
      CHECK(each.ms > 0);
      CHECK(each.backward_ms <= each.ms);
      names.insert(each.name);
    }
    CHECK(names == std::set<std::string>{"convolution", "pointwise_convolution", "batch_norm", "max_pool", "residual",
                                         "average_pool", "linear", "loss", "autograd", "optimizer", "average", "loader",
                                         "other"});
    for (const char* layer : {"convolution", "batch_norm", "residual", "loss"})
      CHECK(part(profile, layer).backward_ms > 0);
    for (const char* beside : {"optimizer", "average", "loader", "other"})
      CHECK(part(profile, beside).backward_ms == 0);
    CHECK(profile.parts.back().name == "other");
  }
}

TEST_CASE("Steps on images in memory wait for no loader, and are cut as the recipe says", "[train]") {
  config::Configuration c = tests::small_configuration();
  c.recipe.micro_batch_size = 4;
  const StepProfile profile = profile_steps_in_memory(c, 0.05);
  CHECK(part(profile, "loader").ms < 0.2 * profile.step_ms);
  CHECK(sum_of(profile) == Approx(profile.step_ms).epsilon(1e-6));
}

TEST_CASE("A profile of another device than the CPU is refused", "[train]") {
  TrainJob job = tests::job_in("");
  job.device = torch::kMeta;
  CHECK_THROWS_WITH(profile_steps(job, 0.05), "profile_steps: expected the CPU, received meta");
}

}  // namespace profile_test
