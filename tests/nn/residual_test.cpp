#include "staircase/nn/residual.h"

#include "support/gradients.h"

namespace residual_test {

using namespace staircase;
using namespace staircase::nn;
using namespace staircase::tests;
using torch::Tensor;

namespace {

struct Case {
  bool of_channels, of_samples, relu;
};

struct Given {
  Tensors inputs;  // shortcut, branch, LayerScale
  Tensor of_samples, gradient;
};

Given given(const std::vector<int64_t>& shape, const Case& c, uint64_t seed) {
  torch::manual_seed(seed);
  return {{torch::randn(shape), torch::randn(shape), c.of_channels ? torch::randn({shape[1]}) : Tensor()},
          c.of_samples ? torch::rand({shape[0]}).round() / 0.7 : Tensor(),
          torch::randn(shape)};
}

Tensors by_kernel(const Given& g, bool relu) {
  return output_and_gradients(
      [&](const Tensors& t) {
        return ops::residual_by_kernel(t[0], t[1], {t[2], g.of_samples}, relu);
      },
      g.inputs, g.gradient);
}

/// By aten, in double.
Tensors by_aten(const Given& g, bool relu) {
  return output_and_gradients(
      [&](const Tensors& t) {
        Tensor branch = t[1];
        if (t[2].defined()) branch = branch * t[2].view({1, -1, 1, 1});
        if (g.of_samples.defined()) branch = branch * in_double(g.of_samples).view({-1, 1, 1, 1});
        return relu ? at::relu(t[0] + branch) : t[0] + branch;
      },
      in_double(g.inputs), in_double(g.gradient));
}

const std::vector<Case> cases{{false, false, false}, {false, false, true}, {true, false, false}, {false, true, false},
                              {true, true, false},   {true, true, true},   {false, true, true},  {true, false, true}};

}  // namespace

TEST_CASE("A residual by the kernel gives what aten gives in double, scaled or not, forward and backward", "[nn]") {
  for (const std::vector<int64_t>& shape :
       std::vector<std::vector<int64_t>>{{2, 96, 7, 5}, {9, 12, 8, 8}, {1, 1, 1, 1}, {5, 17, 3, 9}, {3, 768, 1, 2}})
    for (const Case& c : cases) {
      INFO(shape[0] << " x " << shape[1] << " x " << shape[2] << " x " << shape[3]
                    << (c.of_channels ? ", LayerScale" : "") << (c.of_samples ? ", drop path" : "")
                    << (c.relu ? ", ReLU" : ""));
      const Given g = given(shape, c, 1);
      check_close(by_kernel(g, c.relu), by_aten(g, c.relu), 3e-6);
    }
}

TEST_CASE("A residual by the kernel rounds to bfloat16 once, and sums in float", "[nn]") {
  Given g = given({6, 24, 9, 9}, {true, true, false}, 2);
  g.inputs[0] = g.inputs[0].to(torch::kBFloat16);
  g.inputs[1] = g.inputs[1].to(torch::kBFloat16);
  g.gradient = g.gradient.to(torch::kBFloat16);
  const Tensors ours = by_kernel(g, false), exact = by_aten(g, false);
  REQUIRE(ours[0].scalar_type() == torch::kBFloat16);
  check_close({ours.begin(), ours.begin() + 3}, {exact.begin(), exact.begin() + 3}, 1.0 / 256);
  CHECK(error(ours[3], exact[3]) < 1e-5);
}

TEST_CASE("A residual by the kernel takes any memory format and any number of threads", "[nn]") {
  const Given g = given({30, 24, 9, 9}, {true, true, true}, 3);
  const Tensors expected = by_kernel(g, true);
  Given other = g;
  other.inputs[0] = strided(g.inputs[0]);
  other.inputs[1] = strided(g.inputs[1]);
  other.gradient = strided(g.gradient);
  check_equal(by_kernel(other, true), expected);
  check_equal(with_threads(3, [&] { return by_kernel(g, true); }), expected);
}

TEST_CASE("A residual by the kernel keeps NaN, with ReLU too", "[nn]") {
  Given g = given({1, 3, 2, 2}, {false, false, true}, 4);
  g.inputs[1][0][1][0][1] = std::numeric_limits<float>::quiet_NaN();
  const Tensor y = by_kernel(g, true)[0];
  CHECK(y.isnan().sum().item<int64_t>() == 1);
}

TEST_CASE("A residual refuses a second derivative", "[nn]") {
  const Given g = given({2, 4, 3, 3}, {true, false, true}, 5);
  check_no_second_derivative(
      [](const Tensors& t) {
        return ops::residual_by_kernel(t[0], t[1], {t[2], Tensor()}, true);
      },
      g.inputs);
}

}  // namespace residual_test
