#include "staircase/train/benchmark.h"

#include <sys/resource.h>

#include <ATen/Context.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "staircase/base/clock.h"
#include "staircase/nn/libtorch.h"
#include "staircase/train/mixing.h"
#include "staircase/train/optimizer.h"

namespace staircase::train {
namespace {

constexpr int64_t fewest_steps = 3;
constexpr int64_t no_limit = std::numeric_limits<int64_t>::max();

/// The seconds of each call, in turn, for so long or so many; the first calls, which allocate and choose
/// algorithms, are the warm-up and not among them.
std::vector<double> time_calls(const std::function<void()>& call, double seconds, int64_t most_calls,
                               double& warmup_seconds) {
  const auto warmup_start = Clock::now();
  for (int64_t i = 0; i < fewest_steps; ++i) call();
  warmup_seconds += seconds_since(warmup_start);
  std::vector<double> times;
  const auto start = Clock::now();
  const auto done = [&] { return static_cast<int64_t>(times.size()); };
  while (done() < fewest_steps || (done() < most_calls && seconds_since(start) < seconds)) {
    const auto before = Clock::now();
    call();
    times.push_back(seconds_since(before));
  }
  return times;
}

double sum(const std::vector<double>& numbers) {
  double total = 0;
  for (double each : numbers) total += each;
  return total;
}

/// The value that this share of the sorted numbers does not pass (nearest rank).
double percentile(std::vector<double> numbers, double share) {
  std::sort(numbers.begin(), numbers.end());
  const auto rank = static_cast<size_t>(std::ceil(share * static_cast<double>(numbers.size())));
  return numbers[std::min(numbers.size(), std::max<size_t>(rank, 1)) - 1];
}

torch::Tensor make_images(const nn::Classifier& model, const BenchmarkOptions& o, int64_t count) {
  return torch::randn({count, model.options().in_channels, o.image_size_px, o.image_size_px})
      .contiguous(torch::MemoryFormat::ChannelsLast)
      .to(o.device);
}

torch::Tensor forward(nn::Classifier& model, const BenchmarkOptions& o, const torch::Tensor& images) {
  const nn::Bfloat16Scope bf16(o.precision == config::Precision::bf16, o.device.type());
  return model.forward(images).to(torch::kFloat);
}

/// Reading a number waits for the device; a CPU has finished already.
void finish(const torch::Tensor& tensor) { (void)tensor.sum().item<double>(); }

void prepare(nn::Classifier& model, const BenchmarkOptions& o) {
  model.to(o.device);
  model.eval();
}

Latency latency_of(const ForwardPass& pass, const torch::Tensor& one, double seconds, int64_t most_runs) {
  Latency latency;
  const auto times = time_calls([&] { finish(pass(one)); }, seconds, most_runs, latency.warmup_seconds);
  latency.runs = static_cast<int64_t>(times.size());
  latency.min_ms = 1000.0 * percentile(times, 0.0);
  latency.median_ms = 1000.0 * percentile(times, 0.5);
  latency.p95_ms = 1000.0 * percentile(times, 0.95);
  return latency;
}

}  // namespace

double peak_memory_mb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024.0;
}

Latency measure_latency(nn::Classifier& model, const BenchmarkOptions& o, int64_t most_runs) {
  const torch::NoGradGuard no_grad;
  prepare(model, o);
  return latency_of([&](const torch::Tensor& images) { return forward(model, o, images); }, make_images(model, o, 1),
                    o.seconds, most_runs);
}

InferenceSpeed measure_inference(const ForwardPass& pass, const torch::Tensor& images, double seconds) {
  const torch::NoGradGuard no_grad;
  InferenceSpeed speed;
  speed.latency = latency_of(pass, images.narrow(0, 0, 1), seconds, no_limit);
  speed.warmup_seconds = speed.latency.warmup_seconds;
  const auto times = time_calls([&] { finish(pass(images)); }, seconds, no_limit, speed.warmup_seconds);
  speed.images_per_second = static_cast<double>(images.size(0)) * static_cast<double>(times.size()) / sum(times);
  speed.memory_mb = peak_memory_mb();
  return speed;
}

InferenceSpeed measure_inference(nn::Classifier& model, const BenchmarkOptions& o) {
  prepare(model, o);
  return measure_inference([&](const torch::Tensor& images) { return forward(model, o, images); },
                           make_images(model, o, o.batch_size), o.seconds);
}

Benchmark benchmark(nn::Classifier& model, const BenchmarkOptions& o) {
  Benchmark result;
  result.inference = measure_inference(model, o);
  result.warmup_seconds = result.inference.warmup_seconds;
  const torch::Tensor images = make_images(model, o, o.batch_size);

  model.train();
  model.set_checkpoint_activations(o.checkpoint_activations);
  Optimizer optimizer(model, config::RecipeOptions{});
  const torch::Tensor targets =
      torch::full({o.batch_size, model.options().num_classes}, 1.0 / static_cast<double>(model.options().num_classes))
          .to(o.device);
  const auto step = [&] {
    const torch::Tensor loss = soft_cross_entropy(forward(model, o, images), targets);
    loss.backward();
    const double small_learning_rate = 1e-5;
    optimizer.step(small_learning_rate);
    optimizer.clear_gradients();
    finish(loss);
  };
  const auto times = time_calls(step, o.seconds, no_limit, result.warmup_seconds);
  result.training_images_per_second =
      static_cast<double>(o.batch_size) * static_cast<double>(times.size()) / sum(times);
  result.training_memory_mb = peak_memory_mb();
  return result;
}

}  // namespace staircase::train
