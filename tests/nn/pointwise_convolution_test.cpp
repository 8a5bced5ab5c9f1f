#include "staircase/nn/pointwise_convolution.h"

#include "staircase/nn/gelu.h"
#include "staircase/nn/libtorch.h"
#include "support/gradients.h"

namespace pointwise_convolution_test {

using namespace staircase;
using namespace staircase::nn;
using namespace staircase::tests;
using torch::Tensor;

namespace {

struct Case {
  int64_t images, in, out, height, width;
  bool bias = true;
};

struct Given {
  Tensors inputs;  // x, weight, bias
  Tensor gradient;
};

Given given(const Case& c, uint64_t seed) {
  torch::manual_seed(seed);
  return {{torch::randn({c.images, c.in, c.height, c.width}), torch::randn({c.out, c.in, 1, 1}),
           c.bias ? torch::randn({c.out}) : Tensor()},
          torch::randn({c.images, c.out, c.height, c.width})};
}

Tensors by_kernel(const Given& g) {
  return output_and_gradients([](const Tensors& t) { return ops::pointwise_convolution(t[0], t[1], t[2]); }, g.inputs,
                              g.gradient);
}

/// By aten, in double.
Tensors by_aten(const Given& g) {
  return output_and_gradients(
      [](const Tensors& t) {
        return at::conv2d(t[0], t[1], t[2].defined() ? c10::optional<Tensor>(t[2]) : c10::nullopt);
      },
      in_double(g.inputs), in_double(g.gradient));
}

const Case odd{3, 19, 45, 20, 19};
// The last two are too large for the kernels: the library does them.
const std::vector<Case> cases{
    {2, 12, 48, 8, 8},          {1, 1, 1, 1, 1},     {3, 5, 3, 1, 7},   {1, 7, 17, 1, 2, false},
    {5, 16, 1, 3, 3},           {2, 64, 32, 14, 14}, {40, 33, 9, 7, 5}, odd,
    {2, 300, 260, 3, 3, false}, {1, 260, 300, 5, 4}};

}  // namespace

TEST_CASE("Pointwise convolutions give what aten gives in double, forward and backward, for any size", "[nn]") {
  for (const Case& c : cases) {
    INFO(c.images << " images, " << c.in << " -> " << c.out << " channels, " << c.height << " x " << c.width);
    const Given g = given(c, 1);
    check_close(by_kernel(g), by_aten(g), 3e-6);
  }
}

TEST_CASE("Pointwise convolutions in bfloat16 round activations once, and keep parameters' gradients float", "[nn]") {
  for (const Case& c : cases) {
    INFO(c.images << " images, " << c.in << " -> " << c.out << " channels, " << c.height << " x " << c.width);
    Given g = given(c, 2);
    const auto rounded = [](const Tensor& t) { return t.to(torch::kBFloat16).to(torch::kFloat); };
    g.inputs[0] = rounded(g.inputs[0]);
    g.inputs[1] = rounded(g.inputs[1]);
    g.gradient = rounded(g.gradient);
    Tensors ours;
    {
      const Bfloat16Scope scope(true, torch::kCPU);
      ours = by_kernel(g);
    }
    REQUIRE(ours[0].scalar_type() == torch::kBFloat16);
    CHECK(ours[2].scalar_type() == torch::kFloat);
    check_close(ours, by_aten(g), 1.0 / 128);
  }
}

TEST_CASE("Pointwise convolutions in bfloat16 round parameters too, whoever multiplies", "[nn]") {
  for (const Case& c : cases) {
    INFO(c.images << " images, " << c.in << " -> " << c.out << " channels, " << c.height << " x " << c.width);
    const Given g = given(c, 6);
    Given rounded = g;
    for (size_t i = 1; i < rounded.inputs.size(); ++i)
      if (g.inputs[i].defined()) rounded.inputs[i] = g.inputs[i].to(torch::kBFloat16).to(torch::kFloat);
    const Bfloat16Scope scope(true, torch::kCPU);
    check_equal(by_kernel(g), by_kernel(rounded));
  }
}

TEST_CASE("A pointwise convolution of GELU gives the bits of the two, forward and backward, in either type", "[nn]") {
  for (const Case& c : cases)
    for (const bool bf16 : {false, true}) {
      INFO(c.images << " images, " << c.in << " -> " << c.out << " channels, " << c.height << " x " << c.width
                    << (bf16 ? ", bf16" : ""));
      Given g = given(c, 7);
      if (bf16) g.inputs[0] = g.inputs[0].to(torch::kBFloat16);
      const Bfloat16Scope scope(bf16, torch::kCPU);
      const Tensors two = output_and_gradients(
          [](const Tensors& t) { return ops::pointwise_convolution(ops::gelu_by_kernel(t[0]), t[1], t[2]); }, g.inputs,
          g.gradient);
      check_equal(
          output_and_gradients([](const Tensors& t) { return ops::pointwise_convolution_of_gelu(t[0], t[1], t[2]); },
                               g.inputs, g.gradient),
          two);
    }
}

TEST_CASE("A pointwise convolution of GELU takes floats beside bfloat16, and parameters alone that need gradients",
          "[nn]") {
  const Given g = given(odd, 8);
  const auto of_parameters = [&](const auto& operation) {
    Tensors leaves{g.inputs[0], g.inputs[1].clone().requires_grad_(), g.inputs[2].clone().requires_grad_()};
    const Bfloat16Scope scope(true, torch::kCPU);
    const Tensor y = operation(leaves);
    y.backward(g.gradient.to(y.scalar_type()));
    return Tensors{y.detach(), leaves[1].grad(), leaves[2].grad()};
  };
  for (const auto type : {torch::kFloat, torch::kBFloat16})
    check_equal(
        of_parameters([&](const Tensors& t) { return ops::pointwise_convolution_of_gelu(t[0].to(type), t[1], t[2]); }),
        of_parameters([&](const Tensors& t) {
          return ops::pointwise_convolution(ops::gelu_by_kernel(t[0].to(type)), t[1], t[2]);
        }));
}

TEST_CASE("Pointwise convolutions take tensors in any memory format", "[nn]") {
  const Given g = given(odd, 3);
  Given other = g;
  other.inputs[0] = strided(g.inputs[0]);
  other.inputs[1] = g.inputs[1].transpose(0, 1).contiguous().transpose(0, 1);
  other.gradient = strided(g.gradient);
  const Tensors expected = by_kernel(g);
  check_equal(by_kernel(other), expected);
  CHECK(expected[0].is_contiguous(torch::MemoryFormat::ChannelsLast));
}

TEST_CASE("Pointwise convolutions give the same bits for any number of threads", "[nn]") {
  const Given g = given({64, 24, 96, 8, 8}, 4);
  check_equal(with_threads(3, [&] { return by_kernel(g); }), by_kernel(g));
}

TEST_CASE("Pointwise convolutions refuse a second derivative", "[nn]") {
  const Given g = given(odd, 5);
  check_no_second_derivative([](const Tensors& t) { return ops::pointwise_convolution(t[0], t[1], t[2]); }, g.inputs);
}

}  // namespace pointwise_convolution_test
