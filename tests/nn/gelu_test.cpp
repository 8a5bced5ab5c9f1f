#include "staircase/nn/gelu.h"

#include "support/catch.h"

namespace gelu_test {

using namespace staircase;
using namespace staircase::nn;
using torch::Tensor;

namespace {

/// gelu and its gradient by aten, in double.
std::pair<Tensor, Tensor> exact(const Tensor& x, const Tensor& gradient) {
  const Tensor wide = x.detach().to(torch::kDouble).requires_grad_();
  // at::gelu, by erf, has no digits left far below zero.
  const Tensor y = 0.5 * wide * at::erfc(wide * -0.70710678118654752);
  y.backward(gradient.to(torch::kDouble));
  return {y.detach(), wide.grad()};
}

std::pair<Tensor, Tensor> ours(const Tensor& x, const Tensor& gradient) {
  const Tensor leaf = x.detach().requires_grad_();
  const Tensor y = ops::gelu_by_kernel(leaf);
  y.backward(gradient.to(y.scalar_type()));
  return {y.detach(), leaf.grad()};
}

double largest(const Tensor& difference) { return difference.abs().max().item<double>(); }

}  // namespace

TEST_CASE("GELU by the kernel is exact to the last digits of float, forward and backward", "[nn]") {
  const Tensor x = torch::cat({torch::linspace(-20, 20, 400001), torch::linspace(-1e-3, 1e-3, 1001)});
  torch::manual_seed(1);
  const Tensor gradient = torch::randn_like(x);
  const auto [y, of_x] = ours(x, gradient);
  const auto [exact_y, exact_of_x] = exact(x, gradient);
  CHECK(largest((y.to(torch::kDouble) - exact_y) / x.to(torch::kDouble).abs().clamp_min(1e-3)) < 5e-7);
  CHECK(largest((of_x.to(torch::kDouble) - exact_of_x) / gradient.to(torch::kDouble).abs().clamp_min(1e-3)) < 1e-6);
  // Far below zero little is left, and that with its digits.
  const Tensor far = torch::linspace(-9, -3, 1001);
  const auto [far_y, far_gradient] = ours(far, torch::ones_like(far));
  const auto far_exact = exact(far, torch::ones_like(far)).first;
  CHECK(largest(far_y.to(torch::kDouble) / far_exact - 1) < 1e-5);
}

TEST_CASE("GELU by the kernel rounds to bfloat16 once", "[nn]") {
  torch::manual_seed(2);
  const Tensor x = torch::randn({1003}).to(torch::kBFloat16), gradient = torch::randn({1003}).to(torch::kBFloat16);
  const auto [y, of_x] = ours(x, gradient);
  const auto [exact_y, exact_of_x] = exact(x, gradient);
  REQUIRE(y.scalar_type() == torch::kBFloat16);
  CHECK(largest((y.to(torch::kDouble) - exact_y) / exact_y.abs().clamp_min(1e-30)) <= 1.0 / 256);
  CHECK(largest((of_x.to(torch::kDouble) - exact_of_x) / exact_of_x.abs().clamp_min(1e-6)) <= 1.0 / 256 + 1e-6);
}

TEST_CASE("GELU by the kernel takes any shape and memory format, and keeps NaN", "[nn]") {
  torch::manual_seed(3);
  for (const int64_t count : {1, 7, 16, 17, 8192, 8193}) {
    const Tensor x = torch::randn({count}), gradient = torch::randn({count});
    CHECK(largest(ours(x, gradient).first - exact(x, gradient).first) < 1e-6);
  }
  const Tensor strided = torch::randn({3, 5, 4, 6}).transpose(1, 3).slice(2, 0, 3);
  const Tensor gradient = torch::randn_like(strided).contiguous();
  const auto [y, of_x] = ours(strided, gradient);
  const auto [exact_y, exact_of_x] = exact(strided, gradient);
  CHECK(largest(y - exact_y) < 1e-6);
  CHECK(largest(of_x - exact_of_x) < 1e-5);
  const Tensor broken = torch::full({5}, std::nan(""));
  CHECK(ops::gelu_by_kernel(broken).isnan().all().item<bool>());
}

}  // namespace gelu_test
