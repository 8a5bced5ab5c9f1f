#include "staircase/train/optimizer.h"

#include <cmath>
#include <map>

#include <torch/nn/utils/clip_grad.h>
#include <torch/optim/adamw.h>

#include "staircase/nn/initialize.h"
#include "staircase/train/average.h"
#include "support/catch.h"

namespace optimizer_test {

using namespace staircase;
using namespace staircase::train;

namespace {

std::shared_ptr<nn::Classifier> small_model() {
  config::ModelOptions options;
  options.depths = {1};
  options.width_factor = 0.0625;
  options.num_classes = 3;
  auto model = std::make_shared<nn::Classifier>(options);
  nn::initialize(*model, 0);
  return model;
}

void set_gradients(nn::Classifier& model, double value) {
  for (auto& parameter : model.parameters()) parameter.mutable_grad() = torch::full_like(parameter, value);
}

/// AdamW of one number, from the paper's Algorithm 2, in double.
double adamw_by_hand(double p, double g, double lr, double decay, int steps) {
  double m = 0, v = 0;
  for (int t = 1; t <= steps; ++t) {
    m = 0.9 * m + 0.1 * g;
    v = 0.999 * v + 0.001 * g * g;
    const double m_hat = m / (1 - std::pow(0.9, t)), v_hat = v / (1 - std::pow(0.999, t));
    p = p - lr * decay * p - lr * m_hat / (std::sqrt(v_hat) + 1e-8);
  }
  return p;
}

double sgd_by_hand(double p, double g, double lr, double decay, int steps) {
  double velocity = 0;
  for (int t = 0; t < steps; ++t) {
    velocity = 0.9 * velocity + g + decay * p;
    p -= lr * velocity;
  }
  return p;
}

}  // namespace

TEST_CASE("AdamW follows the paper and decays weights but neither norms nor biases", "[train]") {
  auto model = small_model();
  config::RecipeOptions recipe;
  recipe.weight_decay = 0.5;
  Optimizer optimizer(*model, recipe);
  std::map<std::string, double> before;
  for (const auto& item : model->named_parameters()) before[item.key()] = item.value().flatten()[0].item<double>();
  for (int i = 0; i < 5; ++i) {
    set_gradients(*model, 0.3);
    optimizer.step(0.01);
  }
  for (const auto& item : model->named_parameters()) {
    INFO(item.key());
    const bool decays = item.value().dim() > 1;
    CHECK(item.value().flatten()[0].item<double>() ==
          Approx(adamw_by_hand(before[item.key()], 0.3, 0.01, decays ? 0.5 : 0.0, 5)).epsilon(1e-5).margin(1e-6));
  }
}

TEST_CASE("AdamW takes every number of a network where LibTorch's own takes it", "[train]") {
  auto ours = small_model(), other = small_model();
  config::RecipeOptions recipe;
  recipe.weight_decay = 0.3;
  recipe.decay_norms_and_biases = true;  // LibTorch's decays all of a group
  Optimizer optimizer(*ours, recipe);
  torch::optim::AdamW reference(other->parameters(), torch::optim::AdamWOptions(0.01).weight_decay(0.3));
  torch::manual_seed(1);
  const auto parameters = ours->parameters(), expected = other->parameters();
  for (int step = 0; step < 4; ++step) {
    for (size_t i = 0; i < parameters.size(); ++i) {
      const torch::Tensor gradient = torch::randn(parameters[i].sizes());  // not in the parameter's memory format
      parameters[i].mutable_grad() = gradient;
      expected[i].mutable_grad() = gradient.clone();
    }
    optimizer.step(0.01);
    reference.step();
  }
  for (size_t i = 0; i < parameters.size(); ++i) CHECK(torch::allclose(parameters[i], expected[i], 1e-5, 1e-6));
}

TEST_CASE("AdamW takes clipped gradients as LibTorch's own does", "[train]") {
  auto ours = small_model(), other = small_model();
  config::RecipeOptions recipe;
  recipe.weight_decay = 0;
  recipe.clip_grad_norm = 1.0;
  Optimizer optimizer(*ours, recipe);
  torch::optim::AdamW reference(other->parameters(), torch::optim::AdamWOptions(0.01).weight_decay(0));
  torch::manual_seed(2);
  const auto parameters = ours->parameters(), expected = other->parameters();
  for (const double size : {1e-4, 3.0, 0.02}) {  // only the second and the third are clipped
    for (size_t i = 0; i < parameters.size(); ++i) {
      const torch::Tensor gradient = torch::randn(parameters[i].sizes()) * size;
      parameters[i].mutable_grad() = gradient;
      expected[i].mutable_grad() = gradient.clone();
    }
    optimizer.step(0.01);
    torch::nn::utils::clip_grad_norm_(expected, 1.0);
    reference.step();
  }
  for (size_t i = 0; i < parameters.size(); ++i) CHECK(torch::allclose(parameters[i], expected[i], 1e-5, 1e-6));
}

TEST_CASE("Weight decay leaves out biases of any shape", "[train]") {
  CHECK_FALSE(is_decayed("stages.0.blocks.0.grn.bias", torch::zeros({1, 1, 1, 4}), {}));
  CHECK_FALSE(is_decayed("head.linear.bias", torch::zeros({4}), {}));
  CHECK(is_decayed("head.linear.weight", torch::zeros({4, 4}), {}));
}

TEST_CASE("SGD has momentum and, in the original recipe, decays every parameter", "[train]") {
  auto model = small_model();
  config::RecipeOptions recipe;
  recipe.optimizer = config::Optimizer::sgd;
  recipe.weight_decay = 0.1;
  recipe.decay_norms_and_biases = true;
  Optimizer optimizer(*model, recipe);
  std::map<std::string, double> before;
  for (const auto& item : model->named_parameters()) before[item.key()] = item.value().flatten()[0].item<double>();
  for (int i = 0; i < 4; ++i) {
    set_gradients(*model, -0.2);
    optimizer.step(0.05);
  }
  for (const auto& item : model->named_parameters()) {
    INFO(item.key());
    CHECK(item.value().flatten()[0].item<double>() ==
          Approx(sgd_by_hand(before[item.key()], -0.2, 0.05, 0.1, 4)).epsilon(1e-5).margin(1e-6));
  }
}

TEST_CASE("Clipping bounds the norm of all gradients together", "[train]") {
  auto model = small_model();
  config::RecipeOptions recipe;
  recipe.optimizer = config::Optimizer::sgd;
  recipe.momentum = 0;
  recipe.weight_decay = 0;
  recipe.clip_grad_norm = 2.0;
  Optimizer optimizer(*model, recipe);
  std::vector<torch::Tensor> before;
  for (const auto& parameter : model->parameters()) before.push_back(parameter.detach().clone());
  set_gradients(*model, 10.0);
  optimizer.step(1.0);
  double squares = 0;
  const auto after = model->parameters();
  for (size_t i = 0; i < after.size(); ++i) squares += (after[i] - before[i]).pow(2).sum().item<double>();
  CHECK(std::sqrt(squares) == Approx(2.0).epsilon(1e-3));
}

TEST_CASE("A model that is frozen as a whole takes a clipped step, which does nothing", "[train]") {
  auto model = small_model();
  for (auto& parameter : model->parameters()) parameter.requires_grad_(false);
  config::RecipeOptions recipe;
  recipe.clip_grad_norm = 1.0;
  Optimizer optimizer(*model, recipe);
  optimizer.step(0.1);
  CHECK(optimizer.steps_done() == 1);
}

TEST_CASE("A parameter without a gradient is an error that names it", "[train]") {
  auto model = small_model();
  Optimizer optimizer(*model, {});
  CHECK_THROWS_WITH(optimizer.step(0.1), ContainsSubstring("stem.conv.weight"));
}

TEST_CASE("The average moves by one minus its decay and copies integers", "[train]") {
  auto model = small_model();
  WeightAverage average(model, 0.9, false);
  const torch::NoGradGuard no_grad;
  for (auto& parameter : model->parameters()) parameter.fill_(1.0);
  for (auto& item : average.model()->named_parameters()) item.value().fill_(0.0);
  for (auto& buffer : model->named_buffers())
    if (!buffer.value().is_floating_point()) buffer.value().fill_(12);
  average.update();
  average.update();
  for (const auto& parameter : average.model()->parameters())
    CHECK(parameter.flatten()[0].item<double>() == Approx(1.0 - 0.9 * 0.9));
  for (const auto& buffer : average.model()->named_buffers())
    if (!buffer.value().is_floating_point()) CHECK(buffer.value().item<int64_t>() == 12);
}

TEST_CASE("The average takes every number of parameters and running statistics", "[train]") {
  auto model = small_model();
  WeightAverage average(model, 0.9, false);
  const torch::NoGradGuard no_grad;
  torch::manual_seed(3);
  const auto now = nn::named_state(*model), mean = nn::named_state(*average.model());
  std::vector<torch::Tensor> expected;
  for (size_t i = 0; i < now.size(); ++i) {
    if (now[i].tensor.is_floating_point()) now[i].tensor.copy_(torch::randn(now[i].tensor.sizes()));
    expected.push_back(now[i].tensor.is_floating_point() ? mean[i].tensor * 0.9 + now[i].tensor * 0.1 : now[i].tensor);
  }
  average.update();
  for (size_t i = 0; i < now.size(); ++i) CHECK(torch::allclose(mean[i].tensor, expected[i], 1e-5, 1e-6));
}

TEST_CASE("The average follows a model that was cast or lies otherwise in memory", "[train]") {
  const torch::NoGradGuard no_grad;
  for (const bool cast : {true, false}) {
    auto model = small_model();
    if (cast) model->to(torch::kDouble);
    else
      for (auto& parameter : model->parameters())
        if (parameter.dim() == 4) parameter.set_data(parameter.transpose(0, 1).contiguous().transpose(0, 1));
    WeightAverage average(model, 0.75, false);
    for (auto& parameter : model->parameters()) parameter.copy_(torch::rand_like(parameter));
    const auto now = model->parameters(), mean = average.model()->parameters();
    std::vector<torch::Tensor> expected;
    for (size_t i = 0; i < now.size(); ++i) expected.push_back((mean[i] * 0.75 + now[i] * 0.25).to(torch::kFloat));
    average.update();
    for (size_t i = 0; i < now.size(); ++i) CHECK(torch::allclose(mean[i], expected[i], 1e-5, 1e-6));
  }
}

TEST_CASE("A warmed-up average follows 1 - (1 + t)^(-2/3) until its decay", "[train]") {
  auto model = small_model();
  WeightAverage average(model, 0.5, true);
  const torch::NoGradGuard no_grad;
  double expected = 0;
  for (auto& item : average.model()->named_parameters()) item.value().fill_(0.0);
  for (int t = 0; t < 6; ++t) {
    for (auto& parameter : model->parameters()) parameter.fill_(t + 1.0);
    average.update();
    const double decay = std::min(0.5, 1.0 - std::pow(1.0 + t, -2.0 / 3.0));
    expected = decay * expected + (1 - decay) * (t + 1.0);
  }
  CHECK(average.model()->parameters()[0].flatten()[0].item<double>() == Approx(expected).epsilon(1e-5));
}

}  // namespace optimizer_test
