#include "staircase/train/schedule.h"

#include "staircase/config/recipes.h"
#include "support/catch.h"

namespace schedule_test {

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
  CHECK(learning_rate_at(recipe, steps, 10) == Approx(1.0));                            // cos(0)
  CHECK(learning_rate_at(recipe, steps, 30) == Approx(0.55));                           // cos(pi / 2)
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

TEST_CASE("The modern recipe warms up over 20 epochs and ends near 1e-6", "[train]") {
  const config::RecipeOptions recipe = config::read_recipe("modern", {});
  const StepCount steps = count_steps(recipe, 1281167);  // ImageNet-1K
  CHECK(steps.per_epoch == 312);
  REQUIRE(steps.total == 93600);
  CHECK(learning_rate_at(recipe, steps, 0) == 0.0);
  CHECK(learning_rate_at(recipe, steps, 1) == Approx(4e-3 / 6239));
  CHECK(learning_rate_at(recipe, steps, 6239) == Approx(4e-3));
  CHECK(learning_rate_at(recipe, steps, 6240 + 43680) == Approx(1e-6 + (4e-3 - 1e-6) / 2));  // half of 87360
  CHECK(learning_rate_at(recipe, steps, 93599) == Approx(1e-6).epsilon(1e-5));
}

TEST_CASE("The deit recipe warms up from 1e-6 over 5 epochs and ends near 1e-5", "[train]") {
  const config::RecipeOptions recipe = config::read_recipe("deit", {});
  const StepCount steps{1251, 375300};
  CHECK(learning_rate_at(recipe, steps, 0) == Approx(1e-6));
  CHECK(learning_rate_at(recipe, steps, 1) == Approx(1e-6 + 9.99e-4 / 6254));
  CHECK(learning_rate_at(recipe, steps, 6254) == Approx(1e-3));
  CHECK(learning_rate_at(recipe, steps, 375299) == Approx(1e-5).epsilon(1e-5));
}

TEST_CASE("The finetune recipe starts at its peak", "[train]") {
  const config::RecipeOptions recipe = config::read_recipe("finetune", {});
  CHECK(learning_rate_at(recipe, {10, 300}, 0) == Approx(5e-5));
}

}  // namespace schedule_test
