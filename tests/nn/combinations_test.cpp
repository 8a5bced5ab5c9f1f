#include "staircase/nn/classifier.h"
#include "staircase/nn/initialize.h"
#include "support/catch.h"
#include "support/random_model.h"

namespace combinations_test {

using namespace staircase;
using namespace staircase::nn;

namespace {

/// Narrow, for images of 32 px; empty: refused in a sentence.
std::shared_ptr<Classifier> built_if_allowed(config::ModelOptions options) {
  options.width_factor = 0.125;
  options.num_classes = 7;
  const plan::ImageSize image = plan::square(32);
  try {
    plan::count_layers(plan::plan_model(options, image));
  } catch (const config::ConfigError&) {
    return nullptr;
  }
  auto model = std::make_shared<Classifier>(options, image);
  initialize(*model, 0);
  return model;
}

}  // namespace

TEST_CASE("Options at random that are not refused give a network that runs and trains", "[nn][random_settings]") {
  RandomStream random(mix_key({13, 2}));
  torch::manual_seed(0);
  const torch::Tensor x = torch::randn({2, 3, 32, 32}), targets = torch::tensor({1, 5}, torch::kLong);
  int trained = 0;
  while (trained < 120) {
    const config::ModelOptions options = tests::random_model(random);
    const auto model = built_if_allowed(options);
    if (!model) continue;
    INFO(config::write_options(options).dump());
    model->train();
    const torch::Tensor logits = model->forward(x);
    REQUIRE((logits.sizes() == torch::IntArrayRef({2, 7})));
    CHECK(logits.isfinite().all().item<bool>());
    at::cross_entropy_loss(logits, targets).backward();
    for (const auto& item : model->named_parameters()) {
      INFO(item.key());
      REQUIRE(item.value().grad().defined());
      CHECK(item.value().grad().isfinite().all().item<bool>());
    }
    ++trained;
  }
}

}  // namespace combinations_test
