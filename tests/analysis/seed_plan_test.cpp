#include "staircase/analysis/seed_plan.h"

#include <cmath>

#include "experiment/designed.h"
#include "support/catch.h"

using namespace staircase;
using namespace staircase::analysis;

TEST_CASE("The seeds of a plan are those of Cohen's tables for paired samples", "[analysis]") {
  // Two-sided, 5 %, power 80 %, as G*Power 3.1 gives them for the paired t-test: d = 0.2, 0.5, 0.8 and 1.
  CHECK(seeds_with_power(0.2, 1, 1) == 199);
  CHECK(seeds_with_power(0.5, 1, 1) == 34);
  CHECK(seeds_with_power(0.8, 1, 1) == 15);
  CHECK(seeds_with_power(2, 2, 1) == 10);
  CHECK(*seeds_with_power(0.5, 1, 10) > 34);
  CHECK(seeds_with_power(100, 0.01, 1) == 2);
  CHECK_FALSE(seeds_with_power(0.01, 50, 1));
}

TEST_CASE("A plan says how far its spread may be off", "[analysis]") {
  // 80 % of chi-square with 2 degrees lie between 0.2107 and 4.605.
  const SeedPlan plan = plan_seeds(0.5, {1, 2}, 1);
  CHECK(plan.seeds == 34);
  CHECK(plan.fewest == seeds_with_power(0.5, std::sqrt(2 / 4.60517), 1));
  CHECK(plan.most == seeds_with_power(0.5, std::sqrt(2 / 0.210721), 1));
  CHECK(*plan.fewest < 34);
  CHECK(*plan.most > 200);
}

TEST_CASE("A plan counts the differences that the finished table judges", "[analysis]") {
  for (const std::string design : {"cumulative", "one_at_a_time", "leave_one_out", "pairwise", "shapley"}) {
    tests::ScoredFolder folder(tests::four_steps(design, {{"seeds", {0, 1}}}));
    const Results results = folder.results([](size_t row, int64_t seed) {
      return 50 + static_cast<double>((static_cast<int64_t>(row) * 5 + seed * 7) % 11);
    });
    INFO(design);
    CHECK(count_comparisons(folder.design, folder.experiment.options) == smallest_shown(results, 2).comparisons);
  }
  const config::Json in_two = tests::four_steps(
      "one_at_a_time", {{"contexts", {{{"name", "slow"}, {"set", {{"/recipe/learning_rate", 0.001}}}}}}});
  CHECK(count_comparisons(tests::design_of(in_two), experiment::resolve_experiment(in_two, "x.json").options) == 8);
}
