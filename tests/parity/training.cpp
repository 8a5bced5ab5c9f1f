// Optimizers, averages, schedules and losses for tests/parity/recipe.cpp.
#include <array>
#include <cmath>
#include <vector>

#include "parity/recipe.h"
#include "staircase/config/recipes.h"
#include "staircase/nn/initialize.h"
#include "staircase/plan/named_models.h"
#include "staircase/train/average.h"
#include "staircase/train/mixing.h"
#include "staircase/train/optimizer.h"
#include "staircase/train/schedule.h"

namespace staircase::tests {
namespace {

config::RecipeOptions recipe_of(const config::Json& request) {
  return config::read_recipe(request.at("recipe"), {"request", "/recipe"});
}

std::shared_ptr<nn::Classifier> model_of(const config::Json& request) {
  auto model = std::make_shared<nn::Classifier>(plan::read_model(request.at("model"), {"request", "/model"}).options);
  nn::initialize(*model, 1);
  return model;
}

train::StepCount steps_of(const config::Json& request) {
  return train::count_steps(recipe_of(request), request.at("images").get<int64_t>());
}

void add_state(formats::TensorFile& file, const std::string& prefix, const nn::Classifier& model) {
  for (const auto& item : nn::named_state(model)) file.tensors.emplace_back(prefix + item.name, item.tensor.clone());
}

}  // namespace

formats::TensorFile optimizer_steps(const config::Json& request) {
  const torch::NoGradGuard no_grad;
  torch::manual_seed(1);
  const config::RecipeOptions recipe = recipe_of(request);
  const auto model = model_of(request);
  model->to(torch::kDouble);
  train::Optimizer optimizer(*model, recipe);
  formats::TensorFile file;
  add_state(file, "start.", *model);
  const train::StepCount steps = steps_of(request);
  for (int64_t step = 0; step < steps.total; ++step) {
    const std::string t = std::to_string(step) + ".";
    int k = 0;
    for (const auto& item : model->named_parameters()) {
      // From 1 down to 1e-9, where the epsilon of AdamW decides, and changing from step to step.
      const double size = std::pow(10.0, -(k++ % 10)) * (1.0 + static_cast<double>(step % 3));
      item.value().mutable_grad() = torch::randn_like(item.value()) * size;
      file.tensors.emplace_back("gradient." + t + item.key(), item.value().grad().clone());
    }
    optimizer.step(train::learning_rate_at(recipe, steps, step));
    for (const auto& item : model->named_parameters())
      file.tensors.emplace_back("after." + t + item.key(), item.value().clone());
  }
  return file;
}

formats::TensorFile average_steps(const config::Json& request) {
  const torch::NoGradGuard no_grad;
  torch::manual_seed(2);
  const config::RecipeOptions recipe = recipe_of(request);
  const auto model = model_of(request);
  train::WeightAverage average(model, recipe.ema_decay, recipe.ema_warmup);
  formats::TensorFile file;
  add_state(file, "start.", *model);
  for (int64_t step = 0; step < steps_of(request).total; ++step) {
    for (auto& item : nn::named_state(*model)) {
      if (item.tensor.is_floating_point()) item.tensor.copy_(torch::randn_like(item.tensor));
      else item.tensor.fill_(step + 1);
    }
    average.update();
    add_state(file, "model." + std::to_string(step) + ".", *model);
    add_state(file, "average." + std::to_string(step) + ".", *average.model());
  }
  return file;
}

formats::TensorFile schedule_rates(const config::Json& request) {
  const train::StepCount steps = steps_of(request);
  const config::RecipeOptions recipe = recipe_of(request);
  std::vector<double> rates;
  for (int64_t step = 0; step < steps.total; ++step) rates.push_back(train::learning_rate_at(recipe, steps, step));
  return {{{"rates", torch::tensor(rates, torch::kDouble)}}, {}};
}

formats::TensorFile losses(const config::Json&) {
  torch::manual_seed(3);
  const torch::Tensor images = torch::randn({12, 3, 10, 8}), labels = torch::randint(7, {12}, torch::kLong);
  const torch::Tensor logits = 3.0 * torch::randn({12, 7});
  formats::TensorFile file{{{"images", images}, {"labels", labels}, {"logits", logits}}, {}};
  train::Mix mixup, cutmix;
  mixup.kind = train::Mix::Kind::mixup;
  mixup.lambda = 0.7;
  cutmix.kind = train::Mix::Kind::cutmix;
  cutmix.box = {2, 1, 8, 6};
  cutmix.lambda = 1.0 - 30.0 / 80.0;
  const std::array<std::pair<const char*, train::Mix>, 3> mixes{{{"none", {}}, {"mixup", mixup}, {"cutmix", cutmix}}};
  for (const auto& [name, mix] : mixes) {
    const std::string prefix = std::string(name) + ".";
    const torch::Tensor targets = train::mix_targets(labels, 7, 0.1, mix);
    file.tensors.emplace_back(prefix + "lambda", torch::tensor(mix.lambda, torch::kDouble));
    const std::vector<int64_t> box(mix.box.begin(), mix.box.end());
    file.tensors.emplace_back(prefix + "box", torch::tensor(box, torch::kLong));
    file.tensors.emplace_back(prefix + "images", train::mix_images(images, mix).clone());
    file.tensors.emplace_back(prefix + "targets", targets);
    file.tensors.emplace_back(prefix + "loss", train::soft_cross_entropy(logits, targets));
  }
  return file;
}

}  // namespace staircase::tests
