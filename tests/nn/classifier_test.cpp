#include "staircase/nn/classifier.h"

#include "staircase/nn/initialize.h"
#include "staircase/nn/named_models.h"
#include "support/catch.h"

using namespace staircase;
using namespace staircase::nn;

namespace {

config::ModelOptions tiny() {
  config::ModelOptions options = find_model("convnext_tiny", {"test", ""}).options;
  options.width_factor = 0.125;
  options.depths = {1, 1, 2, 1};
  options.num_classes = 5;
  return options;
}

std::shared_ptr<Classifier> built(uint64_t seed, config::ModelOptions options = tiny()) {
  auto model = std::make_shared<Classifier>(options);
  initialize(*model, seed);
  return model;
}

}  // namespace

TEST_CASE("The same seed gives the same weights and another seed gives others", "[nn]") {
  const auto a = named_state(*built(3)), b = named_state(*built(3)), c = named_state(*built(4));
  bool any_differs = false;
  for (size_t i = 0; i < a.size(); ++i) {
    CHECK(torch::equal(a[i].tensor, b[i].tensor));
    any_differs = any_differs || !torch::equal(a[i].tensor, c[i].tensor);
  }
  CHECK(any_differs);
}

TEST_CASE("A layer more changes the first weights of no other layer", "[nn]") {
  config::ModelOptions longer = tiny();
  longer.depths = {1, 1, 3, 1};
  const auto a = built(0)->named_parameters(), b = built(0, longer)->named_parameters();
  for (const auto& item : a) CHECK(torch::equal(item.value(), b[item.key()]));
}

TEST_CASE("Truncated normal weights have standard deviation .02 and biases are 0", "[nn]") {
  config::ModelOptions options = find_model("convnext_tiny", {"test", ""}).options;
  const auto parameters = built(0, options)->named_parameters();
  const torch::Tensor weight = parameters["stages.3.blocks.0.conv2.weight"];
  CHECK(weight.std().item<double>() == Approx(0.02).epsilon(0.01));
  CHECK(weight.mean().item<double>() == Approx(0.0).margin(1e-4));
  CHECK(parameters["stages.3.blocks.0.conv2.bias"].abs().max().item<double>() == 0.0);
  CHECK(parameters["stages.3.blocks.0.layer_scale"].max().item<double>() == Approx(1e-6));
}

TEST_CASE("Kaiming initialization has variance 2 / fan_out on convolutions", "[nn]") {
  const auto parameters = built(0, config::ModelOptions{})->named_parameters();
  const torch::Tensor weight = parameters["stages.3.blocks.1.conv2.weight"];
  CHECK(weight.std().item<double>() == Approx(std::sqrt(2.0 / (512 * 9))).epsilon(0.01));
  CHECK(parameters["head.linear.weight"].abs().max().item<double>() <= 1.0 / std::sqrt(2048.0));
}

TEST_CASE("Images of another shape are refused with both shapes", "[nn]") {
  CHECK_THROWS_WITH(built(0)->forward(torch::zeros({2, 1, 32, 32})),
                    ContainsSubstring("expected images (N, 3, H, W)") && ContainsSubstring("[2, 1, 32, 32]"));
}

TEST_CASE("Activations stay channels_last from the stem to the head", "[nn]") {
  auto model = built(0);
  model->eval();
  torch::Tensor y = torch::randn({2, 3, 64, 64}).contiguous(torch::MemoryFormat::ChannelsLast);
  for (const auto& child : model->named_children())
    if (child.key() == "stem") y = std::dynamic_pointer_cast<Chain>(child.value())->forward(y);
  CHECK(y.is_contiguous(torch::MemoryFormat::ChannelsLast));
  for (const auto& block : {model->blocks()[0]}) {
    y = block->forward(y);
    CHECK(y.is_contiguous(torch::MemoryFormat::ChannelsLast));
  }
}

TEST_CASE("Drop path rises linearly over the blocks and draws the same for the same counter", "[nn]") {
  auto model = built(0);
  model->set_drop_path(0.4);
  const auto& blocks = model->blocks();
  REQUIRE(blocks.size() == 5);
  for (size_t i = 0; i < blocks.size(); ++i) CHECK(blocks[i]->drop_path() == Approx(0.1 * static_cast<double>(i)));
  model->train();
  // LayerScale at its first value would hide the branch.
  {
    const torch::NoGradGuard no_grad;
    for (auto& item : model->named_parameters())
      if (item.key().ends_with("layer_scale")) item.value().fill_(1.0);
  }
  const torch::Tensor x = torch::randn({16, 3, 32, 32});
  const auto logits = [&](int64_t step) {
    model->set_step({7, step, 0});
    return model->forward(x);
  };
  const torch::Tensor first = logits(1);
  CHECK(torch::equal(first, logits(1)));
  CHECK_FALSE(torch::equal(first, logits(2)));
}

TEST_CASE("Drop path treats a batch in two halves as the whole batch", "[nn]") {
  auto model = built(0);
  model->set_drop_path(0.5);
  model->train();
  {
    const torch::NoGradGuard no_grad;
    for (auto& item : model->named_parameters())
      if (item.key().ends_with("layer_scale")) item.value().fill_(1.0);
  }
  const torch::Tensor x = torch::randn({8, 3, 32, 32});
  model->set_step({7, 1, 0});
  const torch::Tensor whole = model->forward(x), left = model->forward(x.slice(0, 0, 4));
  model->set_step({7, 1, 4});
  const torch::Tensor right = model->forward(x.slice(0, 4, 8));
  CHECK(torch::allclose(whole, torch::cat({left, right}), 1e-4, 1e-5));
}
