#pragma once

#include <cstdint>

#include "staircase/config/recipe_options.h"

namespace staircase::train {

/// Optimizer steps of a run: floor(images / batch) an epoch, what is left over is dropped.
struct StepCount {
  int64_t per_epoch = 0;
  int64_t total = 0;
};
StepCount count_steps(const config::RecipeOptions& recipe, int64_t train_images);

/// Learning rate of optimizer step `step` (0 is the first).
/// Warmup step i of n: linear, the first is warmup_learning_rate, the last learning_rate; then
/// cosine: min + (lr - min)/2 * (1 + cos(pi i / N)) for step i of the N that are left, or
/// step: lr * factor^floor(epoch / step_epochs).
/// Source: Loshchilov and Hutter 2017, arXiv:1608.03983; the code published with ConvNeXt.
double learning_rate_at(const config::RecipeOptions& recipe, const StepCount& steps, int64_t step);

}  // namespace staircase::train
