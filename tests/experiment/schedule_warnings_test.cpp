#include "staircase/experiment/schedule_warnings.h"

#include "support/catch.h"

namespace schedule_warnings_test {

using namespace staircase;
using experiment::schedule_warnings;

namespace {

/// 320 images in batches of 32: ten steps an epoch, five epochs.
config::RecipeOptions fifty_steps() {
  config::RecipeOptions recipe;
  recipe.epochs = 5;
  recipe.batch_size = 32;
  recipe.warmup_epochs = 1;
  recipe.ema_decay = 0;
  return recipe;
}

std::vector<std::string> warnings_of(const config::RecipeOptions& recipe) {
  return schedule_warnings({{"row", &recipe, 320}});
}

}  // namespace

TEST_CASE("A warmup that is all of the schedule is pointed out, a shorter one is not", "[experiment]") {
  config::RecipeOptions recipe = fifty_steps();
  CHECK(warnings_of(recipe).empty());
  recipe.warmup_epochs = 4.9;
  CHECK(warnings_of(recipe).empty());
  recipe.warmup_epochs = 5;
  REQUIRE(warnings_of(recipe).size() == 1);
  CHECK_THAT(
      warnings_of(recipe)[0],
      ContainsSubstring("/recipe/warmup_epochs 5.0 is all of the 5 in /recipe/epochs: the learning rate rises to "
                        "0.004 with the last step"));
}

TEST_CASE("An average over more steps than a run has is pointed out unless it warms up", "[experiment]") {
  config::RecipeOptions recipe = fifty_steps();
  recipe.ema_decay = 0.98;  // over 50 steps
  CHECK(warnings_of(recipe).empty());
  recipe.ema_decay = 0.999;
  REQUIRE(warnings_of(recipe).size() == 1);
  CHECK_THAT(warnings_of(recipe)[0], ContainsSubstring("averages over 1,000 steps, and a run has 50: 95 % of its "
                                                       "average are still the initial weights; set "
                                                       "/recipe/ema_warmup true"));  // 0.999^50 = 0.951
  recipe.ema_warmup = true;
  CHECK(warnings_of(recipe).empty());
}

TEST_CASE("A warning says of which rows it is so", "[experiment]") {
  config::RecipeOptions good = fifty_steps(), bad = fifty_steps();
  bad.warmup_epochs = 5;
  const auto some = schedule_warnings({{"a", &good, 320}, {"b", &bad, 320}, {"c", &bad, 320}});
  REQUIRE(some.size() == 1);
  CHECK_THAT(some[0], ContainsSubstring("(in b, c)"));
  CHECK_THAT(schedule_warnings({{"b", &bad, 320}, {"c", &bad, 320}})[0], ContainsSubstring("(in all rows)"));
}

}  // namespace schedule_warnings_test
