#include "staircase/analysis/smallest_shown.h"

#include <cmath>

#include "experiment/designed.h"
#include "support/catch.h"

namespace smallest_shown_test {

using namespace staircase;
using namespace staircase::experiment;
using namespace staircase::runs;
using namespace staircase::analysis;
using tests::four_steps;
using tests::ScoredFolder;

namespace {

Difference spread(double std, int64_t count) {
  Difference difference;
  difference.std = std;
  difference.count = count;
  return difference;
}

Row row(std::optional<Difference> difference) {
  Row row;
  row.delta = Delta{std::move(difference), "base", 0, false, {}};
  return row;
}

double noisy(Subset subset, int64_t seed) {
  return 40 + static_cast<double>((seed * 7 + static_cast<int64_t>(subset) * 5) % 11);
}

}  // namespace

TEST_CASE("The smallest difference that shows pools the spread of all rows and counts them", "[analysis]") {
  Results results;
  results.rows = {row(spread(1.0, 2)), row(spread(3.0, 2)), Row{}};
  // Variance (1 + 9) / 2; two comparisons: t of 2 degrees at 1.25 % a side, 6.205; 3 seeds.
  const auto shown = smallest_shown(results, 3);
  REQUIRE(shown.points);
  CHECK(*shown.points == Approx(6.2053 * std::sqrt(5.0 / 3)).epsilon(1e-3));
  CHECK(shown.comparisons == 2);
  CHECK_FALSE(smallest_shown(results, 1).points);
  CHECK(smallest_shown(results, 1).why_unknown == "one seed shows none");
  // Where the design has effects, these are what it is for.
  Effect effect;
  effect.worth.difference = spread(2.0, 2);
  results.worth.effects = std::vector<Effect>{effect};
  CHECK(*smallest_shown(results, 3).points == Approx(4.3027 * 2 / std::sqrt(3.0)).epsilon(1e-3));
  results.worth = {};
  results.rows = {row(std::nullopt)};
  CHECK_FALSE(smallest_shown(results, 3).points);
  CHECK(smallest_shown(results, 3).why_unknown == before_two_seeds);
}

TEST_CASE("What the images leave uncertain is part of the smallest difference that shows", "[analysis]") {
  Difference difference = spread(1.0, 3);
  Results results;
  results.rows = {row(difference)};
  const double of_seeds = 4.3027 / std::sqrt(3.0);  // t of 2 degrees
  CHECK(*smallest_shown(results, 3).points == Approx(of_seeds).epsilon(1e-3));
  results.rows[0].delta->difference->other = ErrorSource{0.8, 1e6};
  CHECK(*smallest_shown(results, 3).points == Approx(std::hypot(of_seeds, 1.96 * 0.8)).epsilon(1e-3));
  CHECK(pooled_spread(results)->other->std_error == Approx(0.8));
}

TEST_CASE("Seeds show a difference unless the images alone hide it", "[analysis]") {
  const Results results;
  const auto seeds = [&](double mean, const std::optional<ErrorSource>& other) {
    return seeds_to_show(results, *difference_of({mean - 1, mean, mean + 1}, other), 1);
  };
  // The least n of which t(n - 1) / sqrt(n) is at most the mean: 2.4469 / sqrt(7) is 0.925, 2.5706 / sqrt(6) is 1.05.
  CHECK(seeds(1, {}) == 7);
  CHECK(*seeds(1, ErrorSource{0.4, 1e6}) > 7);  // 1.96 * 0.4 is below 1, 4.3 * 0.4 is not
  CHECK_FALSE(seeds(1, ErrorSource{0.52, 1e6}));
}

TEST_CASE("Where seeds are added until they decide no number of them promises a difference", "[analysis]") {
  Results results;
  results.rows = {row(spread(1.0, 3))};
  results.looks = Looks{};
  CHECK_FALSE(smallest_shown(results, 3).points);
  CHECK_THAT(smallest_shown(results, 3).why_unknown, ContainsSubstring("until every difference is decided"));
}

TEST_CASE("A plan corrects for every difference that the finished table judges", "[analysis]") {
  for (const auto& [design, comparisons] :
       {std::pair{"cumulative", 4}, {"one_at_a_time", 4}, {"leave_one_out", 4}, {"pairwise", 4}, {"shapley", 5}}) {
    ScoredFolder folder(four_steps(design, {{"seeds", {0, 1, 2}}}));
    const Results finished = folder.results(noisy);
    const auto after = smallest_shown(finished, 3);
    REQUIRE(after.points);
    CHECK(after.comparisons == comparisons);
    size_t judged = 0;  // what holm() corrected together
    for (const Row& each : finished.rows) judged += each.delta && each.delta->difference->p_holm;
    if (finished.worth.effects) judged = finished.worth.effects->size() + (finished.worth.shapley ? 1 : 0);
    CHECK(judged == static_cast<size_t>(comparisons));
    // Two rows alone have been trained: the rest is still to come.
    for (size_t i = 2; i < folder.design.variants.size(); ++i)
      for (const int64_t seed : {0, 1, 2})
        std::filesystem::remove_all(folder.ledger.run_folder({folder.design.variants[i].configuration, seed}));
    const auto before = smallest_shown(build_results(folder.experiment, folder.design, folder.ledger), 3);
    if (before.points) CHECK(before.comparisons == comparisons);
    if (std::string(design) != "shapley") REQUIRE(before.points);  // which needs all of them for its first number
  }
}

TEST_CASE("Rows at chance promise no difference, and do not make that of others smaller", "[analysis]") {
  ScoredFolder folder(four_steps("cumulative", {{"seeds", {0, 1, 2}}}));
  const auto at_chance = smallest_shown(folder.results([](size_t, int64_t) { return 10.0; }), 3);
  CHECK_FALSE(at_chance.points);
  CHECK_THAT(at_chance.why_unknown, ContainsSubstring("are at chance"));
  // The first two rows guess; the differences of the others spread by 0, 1 and 5, then 5, 3 and 4.
  const auto learned = [](size_t row, int64_t seed) {
    const double noise[][3] = {{0, 0, 0}, {0, 0, 0}, {0, 1, 5}, {5, 4, 9}, {0, 0, 0}};
    return row < 2 ? 10.0 : 50 + noise[row][seed];
  };
  Results results = folder.results(learned);
  const auto mixed = smallest_shown(results, 3);
  results.rows[1].delta->difference.reset();
  CHECK(*mixed.points == Approx(*smallest_shown(results, 3).points));
  CHECK(mixed.comparisons == 4);
}

TEST_CASE("Equal differences of all seeds promise nothing", "[analysis]") {
  ScoredFolder folder(four_steps("cumulative", {{"seeds", {0, 1, 2}}}));
  const auto shown = smallest_shown(folder.results([](size_t row, int64_t) { return 50.0 + row; }), 3);
  CHECK_FALSE(shown.points);
  CHECK_THAT(shown.why_unknown, ContainsSubstring("no spread"));
}

}  // namespace smallest_shown_test
