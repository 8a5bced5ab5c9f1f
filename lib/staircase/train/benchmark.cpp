#include "staircase/train/benchmark.h"

#include <sys/resource.h>

#include <ATen/Context.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>

#include "staircase/nn/libtorch.h"
#include "staircase/train/mixing.h"
#include "staircase/train/optimizer.h"

namespace staircase::train {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

constexpr int64_t fewest_steps = 3;

/// The seconds of each call, in turn, for as long as the options say; the first calls, which
/// allocate and choose algorithms, are the warm-up and not among them.
std::vector<double> time_calls(const std::function<void()>& call, double seconds, double& warmup_seconds) {
  const auto warmup_start = Clock::now();
  for (int64_t i = 0; i < fewest_steps; ++i) call();
  warmup_seconds += seconds_since(warmup_start);
  std::vector<double> times;
  const auto start = Clock::now();
  while (static_cast<int64_t>(times.size()) < fewest_steps || seconds_since(start) < seconds) {
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

}  // namespace

double peak_memory_mb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024.0;
}

Benchmark benchmark(nn::Classifier& model, const BenchmarkOptions& o) {
  Benchmark result;
  model.to(o.device);
  const auto make_images = [&](int64_t count) {
    return torch::randn({count, model.options().in_channels, o.image_size_px, o.image_size_px})
        .contiguous(torch::MemoryFormat::ChannelsLast)
        .to(o.device);
  };
  const auto forward = [&](const torch::Tensor& images) {
    const nn::Bfloat16Scope bf16(o.precision == config::Precision::bf16, o.device.type());
    return model.forward(images).to(torch::kFloat);
  };
  // Reading a number waits for the device; a CPU has finished already.
  const auto finish = [](const torch::Tensor& tensor) { (void)tensor.sum().item<double>(); };
  const torch::Tensor images = make_images(o.batch_size), one = make_images(1);

  model.eval();
  {
    const torch::NoGradGuard no_grad;
    const auto latencies = time_calls([&] { finish(forward(one)); }, o.seconds, result.warmup_seconds);
    result.latency_runs = static_cast<int64_t>(latencies.size());
    result.latency_ms_median = 1000.0 * percentile(latencies, 0.5);
    result.latency_ms_p95 = 1000.0 * percentile(latencies, 0.95);
    const auto times = time_calls([&] { finish(forward(images)); }, o.seconds, result.warmup_seconds);
    result.inference_images_per_second = static_cast<double>(o.batch_size) * static_cast<double>(times.size()) / sum(times);
    result.inference_memory_mb = peak_memory_mb();
  }

  model.train();
  Optimizer optimizer(model, config::RecipeOptions{});
  const torch::Tensor targets = torch::full({o.batch_size, model.options().num_classes},
                                            1.0 / static_cast<double>(model.options().num_classes)).to(o.device);
  const auto step = [&] {
    const torch::Tensor loss = soft_cross_entropy(forward(images), targets);
    loss.backward();
    const double small_learning_rate = 1e-5;
    optimizer.step(small_learning_rate);
    optimizer.clear_gradients();
    finish(loss);
  };
  const auto times = time_calls(step, o.seconds, result.warmup_seconds);
  result.training_images_per_second = static_cast<double>(o.batch_size) * static_cast<double>(times.size()) / sum(times);
  result.training_memory_mb = peak_memory_mb();
  return result;
}

}  // namespace staircase::train
