#include "staircase/nn/batch_norm.h"

#include "support/gradients.h"

namespace batch_norm_test {

using namespace staircase;
using namespace staircase::nn;
using namespace staircase::tests;
using torch::Tensor;

namespace {

struct Given {
  Tensors inputs;  // x, weight, bias
  Tensor running_mean, running_var, gradient;
};

Given given(const std::vector<int64_t>& shape, uint64_t seed) {
  torch::manual_seed(seed);
  const int64_t channels = shape[1];
  // A mean far from 0, which a variance by the mean of squares would lose its digits to.
  return {{torch::randn(shape) + 30, torch::randn({channels}), torch::randn({channels})},
          torch::randn({channels}),
          torch::rand({channels}) + 0.5,
          torch::randn(shape)};
}

/// Output, gradients, then the running statistics after it. `normalize`: of x and the arguments.
template <class Normalize>
Tensors run(const Given& g, bool training, const Normalize& normalize) {
  const Tensor mean = g.running_mean.clone(), var = g.running_var.clone();
  Tensors results = output_and_gradients(
      [&](const Tensors& t) {
        return normalize(t[0], ops::BatchNormArguments{t[1], t[2], mean, var, training, 0.1, 1e-5});
      },
      g.inputs, g.gradient);
  results.push_back(mean);
  results.push_back(var);
  return results;
}

Tensors by_kernel(const Given& g, bool training, bool relu) {
  return run(g, training,
             [&](const Tensor& x, const ops::BatchNormArguments& a) { return ops::batch_norm_by_kernel(x, a, relu); });
}

/// By aten, in double.
Tensors by_aten(const Given& g, bool training, bool relu) {
  const Given wide{in_double(g.inputs), in_double(g.running_mean), in_double(g.running_var), in_double(g.gradient)};
  return run(wide, training, [&](const Tensor& x, const ops::BatchNormArguments& a) {
    const Tensor y =
        at::batch_norm(x, a.weight, a.bias, a.running_mean, a.running_var, a.training, a.momentum, a.eps, false);
    return relu ? at::relu(y) : y;
  });
}

const std::vector<std::vector<int64_t>> shapes{{2, 96, 7, 5}, {3, 12, 8, 8},  {9, 5, 1, 1},   {4, 17, 3, 9},
                                               {6, 1, 5, 7},  {3, 768, 2, 2}, {40, 24, 9, 9}, {2, 8, 1, 3}};

}  // namespace

TEST_CASE("Batch norm by the kernel gives what aten gives in double, running statistics included", "[nn]") {
  for (const auto& shape : shapes)
    for (const bool training : {true, false})
      for (const bool relu : {false, true}) {
        INFO(shape[0] << " x " << shape[1] << " x " << shape[2] << " x " << shape[3] << (training ? ", training" : "")
                      << (relu ? ", with ReLU" : ""));
        const Given g = given(shape, 1);
        check_close(by_kernel(g, training, relu), by_aten(g, training, relu), 3e-5);
      }
}

TEST_CASE("Batch norm by the kernel rounds to bfloat16 once, and sums in float", "[nn]") {
  for (const auto& shape : shapes) {
    Given g = given(shape, 2);
    g.inputs[0] = (g.inputs[0] - 30).to(torch::kBFloat16);
    g.gradient = g.gradient.to(torch::kBFloat16);
    const Tensors ours = by_kernel(g, true, false), exact = by_aten(g, true, false);
    REQUIRE(ours[0].scalar_type() == torch::kBFloat16);
    check_close({ours[0], ours[1]}, {exact[0], exact[1]}, 1.0 / 256);
    check_close({ours.begin() + 2, ours.end()}, {exact.begin() + 2, exact.end()}, 1e-5);
  }
}

TEST_CASE("Batch norm by the kernel takes any memory format and any number of threads", "[nn]") {
  const Given g = given({30, 24, 20, 19}, 3);
  const Tensors expected = by_kernel(g, true, true);
  Given other = g;
  other.inputs[0] = strided(g.inputs[0]);
  other.gradient = strided(g.gradient);
  check_equal(by_kernel(other, true, true), expected);
  check_equal(with_threads(3, [&] { return by_kernel(g, true, true); }), expected);
}

TEST_CASE("Batch norm by the kernel keeps NaN, with ReLU too", "[nn]") {
  Given g = given({2, 4, 3, 3}, 4);
  g.inputs[0][0][1][0][0] = std::numeric_limits<float>::quiet_NaN();
  const Tensor y = by_kernel(g, true, true)[0];
  CHECK(y.select(1, 1).isnan().all().item<bool>());
  CHECK_FALSE(y.select(1, 0).isnan().any().item<bool>());
}

TEST_CASE("Batch norm refuses a second derivative", "[nn]") {
  const Given g = given({2, 4, 3, 3}, 5);
  check_no_second_derivative(
      [&](const Tensors& t) {
        return ops::batch_norm_by_kernel(t[0], {t[1], t[2], g.running_mean, g.running_var, true}, true);
      },
      g.inputs);
}

}  // namespace batch_norm_test
