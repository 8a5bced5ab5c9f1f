// Times training steps of one depthwise convolution, forward and backward, for tests/bench/speed.py.
//   bench_depthwise KERNEL CHANNELS SIDE BATCH fp32|bf16 SECONDS        prints {"step": median milliseconds}
#include <algorithm>
#include <iostream>
#include <vector>

#include "staircase/base/clock.h"
#include "staircase/nn/libtorch.h"
#include "staircase/nn/ops.h"

using namespace staircase;

int main(int count, char** words) {
  if (count != 7) {
    std::cerr << "bench_depthwise takes KERNEL CHANNELS SIDE BATCH fp32|bf16 SECONDS\n";
    return 2;
  }
  const int64_t kernel = std::stoll(words[1]), channels = std::stoll(words[2]), side = std::stoll(words[3]),
                batch = std::stoll(words[4]);
  const bool bf16 = std::string(words[5]) == "bf16";
  const double seconds = std::stod(words[6]);
  const plan::LayerSpec spec{"conv", plan::LayerKind::convolution, channels, channels, kernel, 1, kernel / 2, channels,
                             true};
  const auto images = [&] {
    return torch::randn({batch, channels, side, side}).contiguous(torch::MemoryFormat::ChannelsLast);
  };
  const torch::Tensor x = images().requires_grad_(), gradient = images();
  const torch::Tensor weight = torch::randn({channels, 1, kernel, kernel}).requires_grad_(),
                      bias = torch::randn({channels}).requires_grad_();
  const auto step = [&] {
    torch::Tensor y;
    {
      const nn::Bfloat16Scope scope(bf16, torch::kCPU);
      y = nn::ops::convolution(x, weight, bias, spec);
    }
    y.backward(gradient.to(y.scalar_type()));
    for (const torch::Tensor& each : {x, weight, bias}) each.mutable_grad() = torch::Tensor();
  };
  step();
  std::vector<double> times;
  const auto start = Clock::now();
  while (times.size() < 3 || seconds_since(start) < seconds) {
    const auto before = Clock::now();
    step();
    times.push_back(seconds_since(before));
  }
  std::nth_element(times.begin(), times.begin() + static_cast<int64_t>(times.size() / 2), times.end());
  std::cout << "{\"step\": " << 1000 * times[times.size() / 2] << "}\n";
  return 0;
}
