#include "staircase/train/schedule.h"

#include <cmath>

namespace staircase::train {

StepCount count_steps(const config::RecipeOptions& recipe, int64_t train_images) {
  const int64_t per_epoch = train_images / recipe.batch_size;
  return {per_epoch, per_epoch * recipe.epochs};
}

double learning_rate_at(const config::RecipeOptions& r, const StepCount& steps, int64_t step) {
  const auto warmup = static_cast<int64_t>(std::llround(r.warmup_epochs * static_cast<double>(steps.per_epoch)));
  if (step < warmup) {
    const double done = warmup > 1 ? static_cast<double>(step) / static_cast<double>(warmup - 1) : 1.0;
    return r.warmup_learning_rate + (r.learning_rate - r.warmup_learning_rate) * done;
  }
  if (r.schedule == config::Schedule::step) {
    const int64_t epoch = step / steps.per_epoch;
    return r.learning_rate * std::pow(r.step_factor, static_cast<double>(epoch / r.step_epochs));
  }
  const double pi = 3.14159265358979323846;
  const double done = static_cast<double>(step - warmup) / static_cast<double>(steps.total - warmup);
  return r.min_learning_rate + (r.learning_rate - r.min_learning_rate) / 2.0 * (1.0 + std::cos(pi * done));
}

}  // namespace staircase::train
