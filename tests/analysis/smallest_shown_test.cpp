#include "staircase/analysis/smallest_shown.h"

#include <cmath>

#include "staircase/analysis/statistics.h"
#include "support/catch.h"

using namespace staircase;
using namespace staircase::experiment;
using namespace staircase::runs;
using namespace staircase::analysis;

TEST_CASE("The smallest difference that shows pools the spread of all rows and counts them", "[analysis]") {
  const auto row = [](double std, int n) {
    return config::Json{{"delta_to", "base"}, {"delta", {{"std", std}, {"n", n}}}};
  };
  config::Json results = {{"rows", {row(1.0, 2), row(3.0, 2), config::Json::object()}}};
  // Variance (1 + 9) / 2; two comparisons: t of 2 degrees at 1.25 % a side, 6.205; 3 seeds.
  const auto shown = smallest_shown(results, 3);
  REQUIRE(shown);
  CHECK(shown->points == Approx(6.2053 * std::sqrt(5.0 / 3)).epsilon(1e-3));
  CHECK(shown->comparisons == 2);
  CHECK_FALSE(smallest_shown(results, 1));
  // Where the design has effects, these are what it is for.
  results["effects"] = {{{"value", 1.0}, {"std", 2.0}, {"n", 2}}};
  CHECK(smallest_shown(results, 3)->points == Approx(4.3027 * 2 / std::sqrt(3.0)).epsilon(1e-3));
  results.erase("effects");
  results["rows"] = {{{"delta_to", "base"}, {"delta", nullptr}}};
  CHECK_FALSE(smallest_shown(results, 3));
}

TEST_CASE("Differences that are still to come count among those that are corrected together", "[analysis]") {
  const config::Json done = {{"delta_to", "base"}, {"delta", {{"std", 1.0}, {"n", 3}}}};
  const config::Json to_come = {{"delta_to", "base"}, {"delta", nullptr}};
  const auto shown = smallest_shown({{"rows", {config::Json::object(), done, to_come, to_come}}}, 3);
  REQUIRE(shown);
  CHECK(shown->comparisons == 3);
  CHECK(shown->points == Approx(*smallest_difference(1.0, 3, 3)));
  // The gain of all steps together is judged with the Shapley values.
  const config::Json effect = {{"value", 1.0}, {"std", 1.0}, {"n", 3}};
  const auto shapley = smallest_shown({{"rows", config::Json::array()},
                                       {"effects", {effect, effect}},
                                       {"shapley", {{"gain", {{"std", 1.0}, {"n", 3}}}}}},
                                      3);
  REQUIRE(shapley);
  CHECK(shapley->comparisons == 3);
}
