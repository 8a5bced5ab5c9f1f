#include "staircase/train/schedule.h"

#include "staircase/config/recipes.h"
#include "support/catch.h"

using namespace staircase;
using namespace staircase::train;

TEST_CASE("What is left over of an epoch is dropped", "[train]") {
  config::RecipeOptions recipe;
  recipe.epochs = 3;
  recipe.batch_size = 64;
  CHECK(count_steps(recipe, 1000).per_epoch == 15);
  CHECK(count_steps(recipe, 1000).total == 45);
}

TEST_CASE("Warmup starts at 0, ends at the peak, and the cosine ends at the minimum", "[train]") {
  config::RecipeOptions recipe;
  recipe.epochs = 10;
  recipe.warmup_epochs = 2;
  recipe.learning_rate = 1.0;
  recipe.min_learning_rate = 0.1;
  const StepCount steps{5, 50};
  CHECK(learning_rate_at(recipe, steps, 0) == 0.0);
  CHECK(learning_rate_at(recipe, steps, 3) == Approx(3.0 / 9.0));
  CHECK(learning_rate_at(recipe, steps, 9) == Approx(1.0));
  CHECK(learning_rate_at(recipe, steps, 10) == Approx(1.0));                        // cos(0)
  CHECK(learning_rate_at(recipe, steps, 30) == Approx(0.55));                       // cos(pi / 2)
  CHECK(learning_rate_at(recipe, steps, 20) == Approx(0.1 + 0.45 * (1 + 0.70710678)));  // cos(pi / 4)
}

TEST_CASE("The original recipe divides its rate by ten every 30 epochs", "[train]") {
  const config::RecipeOptions recipe = config::read_recipe("original", {});
  const StepCount steps{10, 900};
  CHECK(learning_rate_at(recipe, steps, 0) == Approx(0.1));
  CHECK(learning_rate_at(recipe, steps, 299) == Approx(0.1));
  CHECK(learning_rate_at(recipe, steps, 300) == Approx(0.01));
  CHECK(learning_rate_at(recipe, steps, 899) == Approx(0.001));
}
