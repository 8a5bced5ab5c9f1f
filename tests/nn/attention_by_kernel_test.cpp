#include "staircase/nn/attention_by_kernel.h"

#include <cmath>

#include "staircase/nn/attention.h"
#include "staircase/nn/libtorch.h"
#include "support/gradients.h"

namespace attention_by_kernel_test {

using namespace staircase;
using namespace staircase::nn;
using namespace staircase::tests;
using torch::Tensor;

namespace {

struct Case {
  int64_t images, channels, heads, height, width;
  int64_t window, shift;  ///< window 0: all positions
  bool table;
};

plan::LayerSpec spec_of(const Case& c) {
  plan::LayerSpec spec{"attention", plan::LayerKind::attention, c.channels, c.channels, c.window, 1, 0, c.heads, true};
  spec.shift = c.shift;
  spec.position_bias = c.table;
  return spec;
}

struct Given {
  Tensors inputs;  // x, qkv weight and bias, projection's, table
  Tensor gradient;
};

Given given(const Case& c, uint64_t seed) {
  torch::manual_seed(seed);
  const int64_t n = c.channels, distances = 2 * c.window - 1;
  const std::vector<int64_t> shape{c.images, n, c.height, c.width};
  return {{torch::randn(shape), torch::randn({3 * n, n, 1, 1}) / std::sqrt(static_cast<double>(n)),
           torch::randn({3 * n}), torch::randn({n, n, 1, 1}), torch::randn({n}),
           c.table ? torch::randn({distances * distances, c.heads}) : Tensor()},
          torch::randn(shape)};
}

Operation operation(const Case& c) {
  return [spec = spec_of(c)](const Tensors& t) {
    const ops::AttentionWeights weights{t[1], t[2], t[3], t[4], t[5]};
    return spec.kernel == 0 ? ops::global_attention(t[0], weights, spec) : ops::window_attention(t[0], weights, spec);
  };
}

Tensors by_kernel(const Case& c, const Given& g) { return output_and_gradients(operation(c), g.inputs, g.gradient); }

/// In double there is no kernel.
Tensors by_aten(const Case& c, const Given& g) {
  return output_and_gradients(operation(c), in_double(g.inputs), in_double(g.gradient));
}

const std::vector<Case> cases{{2, 6, 2, 6, 9, 3, 0, true},  {2, 6, 2, 6, 6, 3, 1, true},
                              {3, 32, 1, 5, 7, 3, 1, true}, {1, 5, 5, 2, 8, 4, 2, false},
                              {1, 1, 1, 1, 1, 3, 1, false}, {2, 96, 3, 14, 14, 7, 3, true},
                              {2, 64, 2, 7, 7, 7, 3, true}, {2, 12, 3, 5, 5, 0, 0, false},
                              {1, 7, 1, 1, 1, 0, 0, false}, {1, 128, 2, 1, 197, 0, 0, false}};

}  // namespace

TEST_CASE("Attention by the kernel gives what aten gives in double, forward and backward, for any windows", "[nn]") {
  for (const Case& c : cases) {
    INFO(c.height << " x " << c.width << ", window " << c.window << ", shift " << c.shift << ", " << c.channels
                  << " channels");
    const Given g = given(c, 1);
    check_close(by_kernel(c, g), by_aten(c, g), 2e-5);
  }
}

TEST_CASE("Attention in bfloat16 sums in float, and keeps parameters' gradients float", "[nn][bf16_library]") {
  for (const Case& c : cases) {
    INFO(c.height << " x " << c.width << ", window " << c.window << ", shift " << c.shift << ", " << c.channels
                  << " channels");
    const Given g = given(c, 2);
    Tensors ours;
    {
      const Bfloat16Scope scope(true, torch::kCPU);
      ours = by_kernel(c, g);
    }
    REQUIRE(ours[0].scalar_type() == torch::kBFloat16);
    for (size_t i = 2; i < ours.size(); ++i)
      if (ours[i].defined()) CHECK(ours[i].scalar_type() == torch::kFloat);
    check_close(ours, by_aten(c, g), 0.05);  // three layers, each rounded
  }
}

TEST_CASE("Attention by the kernel takes any memory format and any number of threads", "[nn]") {
  torch::manual_seed(3);
  const Tensor qkv = torch::randn({3, 36, 10, 10}), gradient = torch::randn({3, 12, 10, 10});
  const Tensor bias = torch::randn({2, 25, 25});
  const auto attention = [](const Tensors& t) { return ops::attention_by_kernel(t[0], 2, {25, {}, {}, t[1]}); };
  const Tensors expected = output_and_gradients(attention, {qkv, bias}, gradient);
  CHECK(expected[0].is_contiguous(torch::MemoryFormat::ChannelsLast));
  check_equal(output_and_gradients(attention, {strided(qkv), bias.transpose(0, 2).contiguous().transpose(0, 2)},
                                   strided(gradient)),
              expected);
  check_equal(with_threads(3, [&] { return output_and_gradients(attention, {qkv, bias}, gradient); }), expected);
}

TEST_CASE("Attention by the kernel refuses a second derivative", "[nn]") {
  const Operation attention = [](const Tensors& t) { return ops::attention_by_kernel(t[0], 1, {4, {}, {}, {}}); };
  check_no_second_derivative(attention, {torch::randn({1, 6, 2, 2})});
}

}  // namespace attention_by_kernel_test
