#include "staircase/analysis/moderated.h"

#include <cmath>

#include "staircase/analysis/differences.h"
#include "support/catch.h"

namespace moderated_test {

using namespace staircase;
using namespace staircase::analysis;

namespace {

/// Variances of three seeds each.
std::vector<Variance> of_three_seeds(const std::vector<double>& values) {
  std::vector<Variance> estimates;
  for (const double each : values) estimates.push_back({each, 2});
  return estimates;
}

std::vector<Difference*> pointers(std::vector<Difference>& differences) {
  std::vector<Difference*> all;
  for (Difference& each : differences) all.push_back(&each);
  return all;
}

}  // namespace

// Values of tests/reference/moderated.py, which computes them from the formulas alone.
TEST_CASE("Unequal variances give the prior and the moderated t of Smyth's formulas", "[analysis]") {
  const auto estimates = of_three_seeds({0.16, 43.0 / 3, 1e-4, 0.36, 0.63, 9});
  const SpreadPrior prior = fit_prior(estimates);
  CHECK(prior.degrees == Approx(0.50838470).epsilon(1e-6));
  CHECK(prior.variance == Approx(0.03058046).epsilon(1e-6));
  const Variance moderated = moderate(estimates[3], prior);
  CHECK(moderated.value == Approx(0.29323518).epsilon(1e-6));
  CHECK(moderated.degrees == Approx(2.508385).epsilon(1e-6));
  CHECK(*p_of_zero(2.0, std::sqrt(moderated.value / 3), moderated.degrees) == Approx(0.01299820).epsilon(1e-5));
  CHECK(*p_of_zero(0.11, std::sqrt(moderate(estimates[2], prior).value / 3), 2.508385) ==
        Approx(0.11230990).epsilon(1e-4));
}

TEST_CASE("Variances that differ by chance alone are pooled: the prior is infinite", "[analysis]") {
  const SpreadPrior prior = fit_prior(of_three_seeds({1.0, 1.2233333, 0.91, 1.21}));
  CHECK(std::isinf(prior.degrees));
  CHECK(prior.variance == Approx(1.91877685).epsilon(1e-6));
  const Variance pooled = moderate({100, 2}, prior);
  CHECK(pooled.value == prior.variance);
  CHECK(*p_of_zero(3.1, std::sqrt(pooled.value / 3), pooled.degrees) == Approx(0.00010609).epsilon(1e-3));
}

TEST_CASE("A table lends no more degrees than half its differences but one", "[analysis]") {
  CHECK(table_prior(of_three_seeds({1.0, 1.2, 0.9, 1.2})).degrees == 1.5);
  CHECK(table_prior(of_three_seeds({1.0, 1.2})).degrees == 0.5);
  CHECK(table_prior(of_three_seeds({1.0})).degrees == 0);
  CHECK(table_prior(of_three_seeds({1.0, 0, 0})).degrees == 0);  // no spread lends none
}

TEST_CASE("A spread above the prior keeps its own in proportion, one below does not", "[analysis]") {
  const SpreadPrior prior{4, 1};
  CHECK(moderate_below({0.5, 2}, prior).value == Approx((2 * 0.5 + 4 * 1) / 6));
  CHECK(moderate_below({0.5, 2}, prior).degrees == 6);
  const Variance noisy = moderate_below({100, 2}, prior);
  CHECK(noisy.value == Approx((2 * 100 + 0.04) / 2.04));
  CHECK(noisy.degrees == Approx(2.04));
}

TEST_CASE("Differences of a table lend each other their spread, and the plain paired t lends none", "[analysis]") {
  std::vector<Difference> lent{*difference_of({1.0, 1.4, 1.2}), *difference_of({2, 1, 3}), *difference_of({0, 2, 1})};
  std::vector<Difference> plain = lent;
  const JudgedBy by = judge_together(pointers(lent), {});
  REQUIRE(by.prior);
  CHECK(by.prior->degrees == 1);
  CHECK(*lent[0].degrees == 3);
  CHECK(*lent[0].std_error == Approx(std::sqrt(2 * (2 * 0.02 + by.prior->variance) / 3 / 3)));
  CHECK(lent[0].interval->high - 1.2 == Approx(t_quantile(3) * *lent[0].std_error));
  CHECK_FALSE(judge_together(pointers(plain), {config::Statistics::paired_t}).prior);
  CHECK(*plain[0].degrees == 2);
  CHECK(*plain[0].std_error == Approx(0.2 / std::sqrt(3.0)));
}

TEST_CASE("A table of one difference keeps Student's t", "[analysis]") {
  std::vector<Difference> one{*difference_of({1, 2, 3})};
  CHECK_FALSE(judge_together(pointers(one), {}).prior);
  CHECK(*one[0].degrees == 2);
}

TEST_CASE("Rows at chance lend no spread and take none, but count in the correction", "[analysis]") {
  std::vector<Difference> table{*difference_of({1, 2, 3}), *difference_of({3, 2, 4}), *difference_of({0.01, 0, 0.02})};
  std::vector<Difference> without(table.begin(), table.begin() + 2);
  leave_at_chance(table[2]);
  const JudgedBy by = judge_together(pointers(table), {}), others = judge_together(pointers(without), {});
  CHECK(by.prior->variance == others.prior->variance);
  CHECK(table[2].verdict == Verdict::at_chance);
  CHECK_FALSE(table[2].p_holm);
  CHECK(*table[1].p_holm == Approx(3 * *table[1].p));
}

TEST_CASE("Equal differences of all seeds are judged by the spread that others lend", "[analysis]") {
  std::vector<Difference> table{*difference_of({5, 5, 5}), *difference_of({1, 2, 3}), *difference_of({0, 2, 1})};
  judge_together(pointers(table), {});
  REQUIRE(table[0].p);
  CHECK(*table[0].std_error > 0);
}

TEST_CASE("Sums of more scores are compared per squared weight", "[analysis]") {
  // An interaction's four scores have twice the variance of a difference's two.
  std::vector<Difference> table{*difference_of({1, 2, 3}), *difference_of({1, 2, 3})};
  table[1].squared_weights = 4;
  const JudgedBy by = judge_together(pointers(table), {});
  CHECK(by.prior->variance == Approx(std::exp((std::log(0.5) + std::log(0.25)) / 2 + 0.5772156649)));
}

}  // namespace moderated_test
