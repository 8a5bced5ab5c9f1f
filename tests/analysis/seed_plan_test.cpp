#include "staircase/analysis/seed_plan.h"

#include <cmath>

#include "experiment/designed.h"
#include "support/catch.h"

namespace seed_plan_test {

using namespace staircase;
using namespace staircase::analysis;

namespace {

/// By Student's t of seeds alone, of this standard deviation.
std::optional<int64_t> by_seeds_alone(double smallest, double std, int comparisons) {
  return seeds_with_power(smallest, {std, 10, 0, {}}, comparisons);
}

}  // namespace

TEST_CASE("The seeds of a plan are those of Cohen's tables for paired samples", "[analysis]") {
  // Two-sided, 5 %, power 80 %, as G*Power 3.1 gives them for the paired t-test: d = 0.2, 0.5, 0.8 and 1.
  CHECK(by_seeds_alone(0.2, 1, 1) == 199);
  CHECK(by_seeds_alone(0.5, 1, 1) == 34);
  CHECK(by_seeds_alone(0.8, 1, 1) == 15);
  CHECK(by_seeds_alone(2, 2, 1) == 10);
  CHECK(*by_seeds_alone(0.5, 1, 10) > 34);
  CHECK(by_seeds_alone(100, 0.01, 1) == 2);
  CHECK_FALSE(by_seeds_alone(0.01, 50, 1));
}

TEST_CASE("A plan says how far its spread may be off", "[analysis]") {
  // 80 % of chi-square with 2 degrees lie between 0.2107 and 4.605.
  const SeedPlan plan = plan_seeds(0.5, {1, 2, 0, {}}, 1);
  CHECK(plan.seeds == 34);
  CHECK(plan.fewest == by_seeds_alone(0.5, std::sqrt(2 / 4.60517), 1));
  CHECK(plan.most == by_seeds_alone(0.5, std::sqrt(2 / 0.210721), 1));
  CHECK(*plan.fewest < 34);
  CHECK(*plan.most > 200);
}

TEST_CASE("Two seeds among twenty comparisons show little, however large the difference is", "[analysis]") {
  // t of one degree at 0.05 / 20 is 254.6: at a shift of 31 the power is P(|z| < 31 / 254.6) = 9.7 %.
  CHECK(by_seeds_alone(31 / std::sqrt(2.0), 1, 20) == 3);
  // 254.6 * 0.2533, of which 20 % of |z| lie below, is 64.5; 80 % lie below 1.2816: 326.3.
  CHECK(by_seeds_alone(320 / std::sqrt(2.0), 1, 20) == 3);
  CHECK(by_seeds_alone(333 / std::sqrt(2.0), 1, 20) == 2);
}

TEST_CASE("What the images leave uncertain asks for more seeds, or is beyond any number of them", "[analysis]") {
  const auto with_images = [](double error) { return seeds_with_power(0.5, {1, 10, 0, ErrorSource{error, 1e6}}, 1); };
  CHECK(with_images(1e-9) == 34);
  // At the limit of many seeds 80 % power needs an error below 0.5 / (1.960 + 0.8416) = 0.17847.
  CHECK(*with_images(0.1) > 40);
  CHECK(with_images(0.178));
  CHECK_FALSE(with_images(0.179));
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

}  // namespace seed_plan_test
