#include "staircase/nn/layer_norm.h"

#include <ATen/Parallel.h>

#include "support/catch.h"

namespace layer_norm_test {

using namespace staircase;
using namespace staircase::nn;
using torch::Tensor;

namespace {

constexpr double eps = 1e-6;

struct Given {
  Tensor x, weight, bias, gradient;
};

struct Results {
  Tensor output, of_x, of_weight, of_bias;
};

Given given(const std::vector<int64_t>& shape, uint64_t seed) {
  torch::manual_seed(seed);
  const int64_t channels = shape[1];
  // A mean far from 0, which a variance by the mean of squares would lose its digits to.
  return {torch::randn(shape) + 30, torch::randn({channels}), torch::randn({channels}), torch::randn(shape)};
}

template <class Normalize>
Results run(const Given& g, const Normalize& normalize) {
  const auto leaf = [](const Tensor& t) { return t.detach().requires_grad_(); };
  const Tensor x = leaf(g.x), weight = leaf(g.weight), bias = leaf(g.bias);
  const Tensor output = normalize(x, weight, bias);
  output.backward(g.gradient.to(output.scalar_type()));
  return {output.detach(), x.grad(), weight.grad(), bias.grad()};
}

Results by_kernel(const Given& g) {
  return run(g, [](const Tensor& x, const Tensor& weight, const Tensor& bias) {
    return ops::layer_norm_by_kernel(x, weight, bias, eps);
  });
}

/// By aten, in double.
Results by_aten(const Given& g) {
  const auto wide = [](const Tensor& t) { return t.to(torch::kDouble); };
  return run({wide(g.x), wide(g.weight), wide(g.bias), wide(g.gradient)},
             [](const Tensor& x, const Tensor& weight, const Tensor& bias) {
               return at::layer_norm(x.permute({0, 2, 3, 1}), weight.sizes(), weight, bias, eps).permute({0, 3, 1, 2});
             });
}

double error(const Tensor& a, const Tensor& b) {
  REQUIRE(a.sizes() == b.sizes());
  const Tensor wide = b.to(torch::kDouble);
  return ((a.to(torch::kDouble) - wide).abs().max() / wide.abs().max().clamp_min(1e-3)).item<double>();
}

void check_close(const Results& a, const Results& b, double tolerance, double of_parameters) {
  CHECK(error(a.output, b.output) < tolerance);
  CHECK(error(a.of_x, b.of_x) < tolerance);
  CHECK(error(a.of_weight, b.of_weight) < of_parameters);
  CHECK(error(a.of_bias, b.of_bias) < of_parameters);
}

const std::vector<std::vector<int64_t>> shapes{{2, 96, 7, 5}, {3, 12, 8, 8},  {1, 5, 1, 1},
                                               {4, 17, 3, 9}, {2, 768, 2, 2}, {40, 16, 8, 8}};

}  // namespace

TEST_CASE("Layer norm by the kernel gives what aten gives in double, forward and backward", "[nn]") {
  for (const auto& shape : shapes) {
    INFO(shape[0] << " x " << shape[1] << " x " << shape[2] << " x " << shape[3]);
    const Given g = given(shape, 1);
    check_close(by_kernel(g), by_aten(g), 1e-5, 1e-5);  // 30 beside 1 costs float a digit and a half
  }
}

TEST_CASE("Layer norm by the kernel rounds to bfloat16 once, and sums in float", "[nn]") {
  for (const auto& shape : shapes) {
    Given g = given(shape, 2);
    g.x = (g.x - 30).to(torch::kBFloat16);
    g.gradient = g.gradient.to(torch::kBFloat16);
    const Results ours = by_kernel(g);
    REQUIRE(ours.output.scalar_type() == torch::kBFloat16);
    check_close(ours, by_aten(g), 1.0 / 256, 1e-5);
  }
}

TEST_CASE("Layer norm by the kernel takes any memory format and any number of threads", "[nn]") {
  const Given g = given({3, 24, 20, 19}, 3);
  const Results expected = by_kernel(g);
  Given other = g;
  other.x = g.x.permute({0, 3, 2, 1}).contiguous().permute({0, 3, 2, 1});
  other.gradient = g.gradient.transpose(2, 3).contiguous().transpose(2, 3);
  check_close(by_kernel(other), expected, 1e-30, 1e-30);
  CHECK(expected.output.is_contiguous(torch::MemoryFormat::ChannelsLast));
  const int before = at::get_num_threads();
  at::set_num_threads(3);
  check_close(by_kernel(g), expected, 1e-30, 1e-30);
  at::set_num_threads(before);
}

}  // namespace layer_norm_test
