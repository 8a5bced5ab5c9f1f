#include "staircase/nn/depthwise_convolution.h"

#include <ATen/Parallel.h>
#include <hwy/targets.h>

#include "staircase/nn/libtorch.h"
#include "support/catch.h"

namespace depthwise_convolution_test {

using namespace staircase;
using namespace staircase::nn;
using torch::Tensor;

namespace {

struct Case {
  int64_t images, channels, height, width, kernel, stride;
  bool bias = true;
};

plan::LayerSpec layer(const Case& c) {
  plan::LayerSpec spec;
  spec.in = spec.out = spec.groups = c.channels;
  spec.kernel = c.kernel;
  spec.stride = c.stride;
  spec.padding = c.kernel / 2;
  spec.bias = c.bias;
  return spec;
}

struct Given {
  Tensor x, weight, bias, gradient;  ///< of the output, at random
};

struct Results {
  Tensor output, of_x, of_weight, of_bias;
};

Given given(const Case& c, uint64_t seed) {
  torch::manual_seed(seed);
  Given g;
  g.x = torch::randn({c.images, c.channels, c.height, c.width});
  g.weight = torch::randn({c.channels, 1, c.kernel, c.kernel});
  if (c.bias) g.bias = torch::randn({c.channels});
  const int64_t height = (c.height - 1) / c.stride + 1, width = (c.width - 1) / c.stride + 1;
  g.gradient = torch::randn({c.images, c.channels, height, width});
  return g;
}

template <class Convolve>
Results run(const Given& g, const Convolve& convolve) {
  const auto leaf = [](const Tensor& t) { return t.defined() ? t.detach().requires_grad_() : t; };
  const Tensor x = leaf(g.x), weight = leaf(g.weight), bias = leaf(g.bias);
  const Tensor output = convolve(x, weight, bias);
  output.backward(g.gradient.to(output.scalar_type()));
  return {output.detach(), x.grad(), weight.grad(), bias.defined() ? bias.grad() : Tensor()};
}

Results by_kernel(const Given& g, const Case& c) {
  return run(g, [&](const Tensor& x, const Tensor& weight, const Tensor& bias) {
    return ops::depthwise_convolution(x, weight, bias, layer(c));
  });
}

/// By aten, in double.
Results by_aten(const Given& g, const Case& c) {
  const auto wide = [](const Tensor& t) { return t.defined() ? t.to(torch::kDouble) : t; };
  return run({wide(g.x), wide(g.weight), wide(g.bias), wide(g.gradient)},
             [&](const Tensor& x, const Tensor& weight, const Tensor& bias) {
               return at::conv2d(x, weight, bias.defined() ? c10::optional<Tensor>(bias) : c10::nullopt,
                                 {c.stride, c.stride}, {c.kernel / 2, c.kernel / 2}, {1, 1}, c.channels);
             });
}

/// The largest difference as a share of the largest number.
double error(const Tensor& a, const Tensor& b) {
  REQUIRE(a.defined() == b.defined());
  if (!a.defined()) return 0;
  REQUIRE(a.sizes() == b.sizes());
  const Tensor wide = b.to(torch::kDouble);
  return ((a.to(torch::kDouble) - wide).abs().max() / wide.abs().max().clamp_min(1e-30)).item<double>();
}

void check_close(const Results& a, const Results& b, double tolerance) {
  CHECK(error(a.output, b.output) < tolerance);
  CHECK(error(a.of_x, b.of_x) < tolerance);
  CHECK(error(a.of_weight, b.of_weight) < tolerance);
  CHECK(error(a.of_bias, b.of_bias) < tolerance);
}

const std::vector<Case> cases{
    {2, 16, 14, 14, 7, 1},        {3, 20, 13, 9, 5, 2},         {1, 5, 1, 1, 7, 1},         {2, 33, 7, 30, 3, 1, false},
    {9, 12, 8, 8, 11, 1},         {2, 2, 2, 3, 51, 1},          {2, 3, 5, 2, 51, 2, false}, {17, 48, 2, 2, 7, 1},
    {1, 96, 56, 56, 7, 1, false}, {2, 17, 33, 31, 31, 1, true}, {4, 8, 16, 1, 9, 2},
};

}  // namespace

TEST_CASE("The depthwise kernels give what aten gives in double, forward and backward, for any size", "[nn]") {
  for (const Case& c : cases) {
    INFO(c.images << " images, " << c.channels << " channels, " << c.height << " x " << c.width << ", kernel "
                  << c.kernel << ", stride " << c.stride);
    const Given g = given(c, 1);
    check_close(by_kernel(g, c), by_aten(g, c), 3e-6);
  }
}

TEST_CASE("The depthwise kernels round to bfloat16 once, and sum in float", "[nn]") {
  for (const Case& c : cases) {
    Given g = given(c, 2);
    g.x = g.x.to(torch::kBFloat16).to(torch::kFloat);
    g.gradient = g.gradient.to(torch::kBFloat16).to(torch::kFloat);
    Results ours;
    {
      const Bfloat16Scope scope(true, torch::kCPU);
      ours = by_kernel(g, c);
    }
    REQUIRE(ours.output.scalar_type() == torch::kBFloat16);
    const Results exact = by_aten(g, c);
    const double half_a_step = 1.0 / 256;  // bfloat16 has 8 bits
    CHECK(error(ours.output, exact.output) < half_a_step);
    CHECK(error(ours.of_x, exact.of_x) < half_a_step);
    CHECK(error(ours.of_weight, exact.of_weight) < 3e-6);  // a parameter's gradient is float
    CHECK(error(ours.of_bias, exact.of_bias) < 3e-6);
  }
}

TEST_CASE("The depthwise kernels take tensors in any memory format", "[nn]") {
  const Case c{3, 24, 11, 10, 7, 1};
  const Given g = given(c, 3);
  const Results expected = by_kernel(g, c);
  Given other = g;
  other.x = g.x.permute({0, 3, 2, 1}).contiguous().permute({0, 3, 2, 1});
  other.weight = g.weight.contiguous(torch::MemoryFormat::ChannelsLast);
  other.gradient = g.gradient.transpose(2, 3).contiguous().transpose(2, 3);
  check_close(by_kernel(other, c), expected, 1e-30);
  other.weight = g.weight.permute({2, 3, 1, 0}).contiguous().permute({3, 2, 0, 1});
  check_close(by_kernel(other, c), expected, 1e-30);
  CHECK(expected.output.is_contiguous(torch::MemoryFormat::ChannelsLast));
}

TEST_CASE("The depthwise kernels give the same bits for any number of threads", "[nn]") {
  const Case c{5, 40, 9, 9, 7, 1};
  const Given g = given(c, 4);
  const int before = at::get_num_threads();
  at::set_num_threads(1);
  const Results one = by_kernel(g, c);
  at::set_num_threads(3);
  const Results three = by_kernel(g, c);
  at::set_num_threads(before);
  CHECK(torch::equal(one.output, three.output));
  CHECK(torch::equal(one.of_x, three.of_x));
  CHECK(torch::equal(one.of_weight, three.of_weight));
  CHECK(torch::equal(one.of_bias, three.of_bias));
}

TEST_CASE("Without the widest vectors the depthwise kernels give the same within rounding", "[nn]") {
  const Case c{2, 40, 15, 12, 7, 1};
  const Given g = given(c, 5);
  const Results widest = by_kernel(g, c);
  const int64_t all = hwy::SupportedTargets();
  int64_t disabled = 0;
  for (int64_t rest = all; (rest & (rest - 1)) != 0; rest &= rest - 1) {  // the lowest bit is the widest
    disabled |= rest & -rest;
    hwy::DisableTargets(disabled);
    hwy::GetChosenTarget().DeInit();
    check_close(by_kernel(g, c), widest, 3e-6);
  }
  hwy::DisableTargets(0);
  hwy::GetChosenTarget().DeInit();
  CHECK(hwy::SupportedTargets() == all);
}

TEST_CASE("Parameters alone may need gradients", "[nn]") {
  const Case c{2, 16, 6, 6, 5, 1};
  const Given g = given(c, 6);
  const Tensor weight = g.weight.detach().requires_grad_();
  ops::depthwise_convolution(g.x, weight, g.bias, layer(c)).backward(g.gradient);
  CHECK(torch::equal(weight.grad(), by_kernel(g, c).of_weight));
}

}  // namespace depthwise_convolution_test
