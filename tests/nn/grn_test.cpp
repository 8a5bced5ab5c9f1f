#include "staircase/nn/grn.h"

#include "staircase/nn/ops.h"
#include "support/gradients.h"

namespace grn_test {

using namespace staircase;
using namespace staircase::nn;
using namespace staircase::tests;
using torch::Tensor;

namespace {

struct Given {
  Tensors inputs;  // x, weight, bias
  Tensor gradient;
};

Given given(const std::vector<int64_t>& shape, uint64_t seed) {
  torch::manual_seed(seed);
  return {{torch::randn(shape), torch::randn({shape[1]}), torch::randn({shape[1]})}, torch::randn(shape)};
}

Tensors by_kernel(const Given& g) {
  return output_and_gradients([](const Tensors& t) { return ops::grn_by_kernel(t[0], t[1], t[2]); }, g.inputs,
                              g.gradient);
}

/// In double there is no kernel.
Tensors by_aten(const Given& g) {
  return output_and_gradients([](const Tensors& t) { return ops::grn(t[0], t[1], t[2]); }, in_double(g.inputs),
                              in_double(g.gradient));
}

const std::vector<std::vector<int64_t>> shapes{{2, 96, 7, 5}, {3, 12, 8, 8},  {1, 5, 1, 1},   {4, 17, 3, 9},
                                               {2, 1, 3, 3},  {2, 768, 2, 2}, {2, 45, 60, 50}};

}  // namespace

TEST_CASE("GRN by the kernel gives what aten gives in double, forward and backward", "[nn]") {
  for (const auto& shape : shapes) {
    INFO(shape[0] << " x " << shape[1] << " x " << shape[2] << " x " << shape[3]);
    const Given g = given(shape, 1);
    check_close(by_kernel(g), by_aten(g), 3e-6);
  }
}

TEST_CASE("GRN by the kernel rounds to bfloat16 once, and sums in float", "[nn]") {
  for (const auto& shape : shapes) {
    Given g = given(shape, 2);
    g.inputs[0] = g.inputs[0].to(torch::kBFloat16);
    g.gradient = g.gradient.to(torch::kBFloat16);
    const Tensors ours = by_kernel(g);
    REQUIRE(ours[0].scalar_type() == torch::kBFloat16);
    check_close(ours, by_aten(g), 1.0 / 256);
  }
}

TEST_CASE("GRN by the kernel takes any memory format and any number of threads", "[nn]") {
  const Given g = given({3, 45, 60, 50}, 3);
  const Tensors expected = by_kernel(g);
  CHECK(expected[0].is_contiguous(torch::MemoryFormat::ChannelsLast));
  check_equal(by_kernel({{strided(g.inputs[0]), g.inputs[1], g.inputs[2]}, strided(g.gradient)}), expected);
  check_equal(with_threads(3, [&] { return by_kernel(g); }), expected);
}

TEST_CASE("GRN by the kernel gives what aten gives where channels are zero throughout, or all are", "[nn]") {
  Given g = given({2, 6, 4, 4}, 4);
  g.inputs[0].select(1, 2).zero_();
  g.inputs[0].select(0, 1).zero_();
  const Tensors ours = by_kernel(g);
  CHECK(ours[1].isfinite().all().item<bool>());
  check_close(ours, by_aten(g), 3e-6);
}

TEST_CASE("GRN by the kernel refuses a second derivative", "[nn]") {
  check_no_second_derivative([](const Tensors& t) { return ops::grn_by_kernel(t[0], t[1], t[2]); },
                             given({1, 3, 2, 2}, 5).inputs);
}

}  // namespace grn_test
