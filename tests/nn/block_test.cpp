// A block of two residuals. No network of today has one: the plans here are made by hand.
#include "staircase/nn/block.h"

#include "staircase/base/random.h"
#include "support/catch.h"
#include "support/statistics.h"

namespace block_test {

using namespace staircase;
using namespace staircase::nn;
using namespace staircase::plan;

namespace {

/// Spatial and pointwise residual, as attention and MLP will be; the second changes the channels.
BlockPlan two_residuals() {
  ResidualPlan spatial, pointwise;
  spatial.layers = {{"pre_norm1", LayerKind::layer_norm, 4, 4},
                    {"conv1", LayerKind::convolution, 4, 4, 3, 1, 1, 4, true}};
  spatial.layer_scale = {"layer_scale1", LayerKind::layer_scale, 4, 4};
  spatial.layer_scale_init = 0.5;
  spatial.out = 4;
  pointwise.layers = {{"pre_norm2", LayerKind::layer_norm, 4, 4},
                      {"conv2", LayerKind::convolution, 4, 8, 1, 1, 0, 1, true},
                      {"activation2", LayerKind::gelu, 8, 8},
                      {"conv3", LayerKind::convolution, 8, 6, 1, 1, 0, 1, true}};
  pointwise.layer_scale = {"layer_scale2", LayerKind::layer_scale, 6, 6};
  pointwise.layer_scale_init = 0.25;
  pointwise.shortcut = {{"shortcut2.conv", LayerKind::convolution, 4, 6, 1, 1, 0, 1, true}};
  pointwise.after = {{"activation4", LayerKind::relu, 6, 6}};
  pointwise.out = 6;
  return {{spatial, pointwise}};
}

/// Over the channels of (N, C, H, W), with weight 1 and bias 0.
torch::Tensor normalized(const torch::Tensor& x) {
  const torch::Tensor centered = x - x.mean({1}, true);
  return centered / (centered.pow(2).mean({1}, true) + 1e-6).sqrt();
}

/// Each residual adds 1 to its own channel, or what drop path makes of it.
BlockPlan counting_residuals(size_t count) {
  BlockPlan block;
  for (size_t i = 1; i <= count; ++i) {
    ResidualPlan residual;
    residual.layers = {{"conv" + std::to_string(i), LayerKind::convolution, 2, 2, 1, 1, 0, 1, true}};
    residual.out = 2;
    block.residuals.push_back(residual);
  }
  return block;
}

constexpr StepCounter counter{7, 3, 100};
constexpr int64_t block_index = 5, samples = 4000;
constexpr double rate = 0.3;

/// (samples, residuals): what each residual's branch was multiplied with.
torch::Tensor drop_path_scales(size_t residuals) {
  Block block(counting_residuals(residuals), block_index, std::make_shared<StepCounter>(counter));
  block.train();
  block.set_drop_path(rate);
  const torch::NoGradGuard no_grad;
  for (size_t i = 0; i < residuals; ++i)
    block.named_parameters()["conv" + std::to_string(i + 1) + ".bias"][static_cast<int64_t>(i)].fill_(1.0);
  const auto count = static_cast<int64_t>(residuals);
  return block.forward(torch::zeros({samples, 2, 1, 1})).flatten(1).slice(1, 0, count);
}

}  // namespace

TEST_CASE("A block of two residuals runs them in turn, each with its own norm, scale and shortcut", "[nn]") {
  const torch::NoGradGuard no_grad;
  Block block(two_residuals(), 0, std::make_shared<StepCounter>());
  block.to(torch::kDouble);
  torch::manual_seed(2);
  auto p = block.named_parameters();
  for (auto& item : p)
    if (item.key().find("conv") != std::string::npos) item.value().normal_();
  const torch::Tensor x = torch::randn({2, 4, 5, 3}, torch::kDouble);
  const torch::Tensor spatial = at::conv2d(normalized(x), p["conv1.weight"], p["conv1.bias"], 1, 1, 1, 4);
  const torch::Tensor between = x + 0.5 * spatial;
  const torch::Tensor wide = at::gelu(at::conv2d(normalized(between), p["conv2.weight"], p["conv2.bias"]));
  const torch::Tensor pointwise = at::conv2d(wide, p["conv3.weight"], p["conv3.bias"]);
  const torch::Tensor shortcut = at::conv2d(between, p["shortcut2.conv.weight"], p["shortcut2.conv.bias"]);
  const torch::Tensor found = block.forward(x);
  CHECK((found.sizes() == torch::IntArrayRef({2, 6, 5, 3})));
  CHECK(torch::allclose(found, at::relu(shortcut + 0.25 * pointwise), 1e-10, 1e-12));
}

TEST_CASE("The parameters of both residuals stand side by side in their block", "[nn]") {
  const Block block(two_residuals(), 0, std::make_shared<StepCounter>());
  std::vector<std::string> names;
  for (const auto& item : block.named_parameters()) names.push_back(item.key());
  CHECK(names == std::vector<std::string>{"layer_scale1", "layer_scale2", "pre_norm1.weight", "pre_norm1.bias",
                                          "conv1.weight", "conv1.bias", "pre_norm2.weight", "pre_norm2.bias",
                                          "conv2.weight", "conv2.bias", "conv3.weight", "conv3.bias",
                                          "shortcut2.conv.weight", "shortcut2.conv.bias"});
}

TEST_CASE("The first residual of a block draws its drop path as a block's only one", "[nn]") {
  const torch::Tensor scales = drop_path_scales(2), alone = drop_path_scales(1);
  CHECK(torch::equal(scales.select(1, 0), alone.select(1, 0)));
  // The counter of every run so far: seed, step, place in the batch, block.
  for (int64_t i = 0; i < 50; ++i) {
    RandomStream random(Purpose::drop_path, {7, 3, static_cast<uint64_t>(100 + i), 5});
    const float expected = random.chance(1 - rate) ? static_cast<float>(1 / (1 - rate)) : 0.0F;
    CHECK(scales[i][0].item<float>() == expected);
  }
}

TEST_CASE("The second residual of a block draws its drop path with the same rate, whatever the first drew", "[nn]") {
  const torch::Tensor dropped = drop_path_scales(2) == 0;
  const torch::Tensor first = dropped.select(1, 0), second = dropped.select(1, 1);
  const auto count = [](const torch::Tensor& mask) { return static_cast<int>(mask.sum().item<int64_t>()); };
  CHECK(tests::binomial_p(count(second & first), count(first), rate) > tests::least_p);
  CHECK(tests::binomial_p(count(second & ~first), count(~first), rate) > tests::least_p);
  CHECK(torch::equal(drop_path_scales(2) == 0, dropped));
}

}  // namespace block_test
