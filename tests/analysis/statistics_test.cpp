#include "staircase/analysis/statistics.h"

#include "staircase/analysis/differences.h"
#include "support/catch.h"

namespace statistics_test {

using namespace staircase;
using namespace staircase::analysis;

namespace {

const Judging paired_t{config::Statistics::paired_t};

}  // namespace

TEST_CASE("Student's t has the quantiles of the printed tables", "[analysis]") {
  CHECK(t_quantile(1) == Approx(12.706).margin(5e-4));
  CHECK(t_quantile(2) == Approx(4.303).margin(5e-4));
  CHECK(t_quantile(10) == Approx(2.228).margin(5e-4));
  CHECK(*p_of_zero(2.228, 1.0, 10) == Approx(0.05).margin(5e-5));
  CHECK(*p_of_zero(-12.706, 1.0, 1) == Approx(0.05).margin(5e-6));
}

TEST_CASE("The interval of a mean is the one computed by hand", "[analysis]") {
  const Spread spread = spread_of({1, 2, 3});  // mean 2, std 1, t 4.303, sqrt(3) 1.732
  REQUIRE(spread.interval);
  CHECK(spread.interval->low == Approx(2 - 2.484).margin(1e-3));
  CHECK(spread.interval->high == Approx(2 + 2.484).margin(1e-3));
  CHECK_FALSE(spread_of({5}).interval);
  CHECK_FALSE(spread_of({5}).std);
}

TEST_CASE("Equal differences of several seeds show nothing by themselves", "[analysis]") {
  CHECK(p_of_zero(0, 0, 2) == 1.0);
  CHECK_FALSE(p_of_zero(1.5, 0, 2));
  Difference equal = *difference_of({0.5, 0.5}), zero = *difference_of({0, 0});
  judge_together({&equal, &zero}, paired_t);
  CHECK_FALSE(equal.interval);
  CHECK_FALSE(equal.p_holm);
  CHECK(equal.verdict == Verdict::no_spread_seen);
  CHECK(zero.verdict == Verdict::not_shown);
}

TEST_CASE("Holm's correction multiplies by the number that is left and never falls", "[analysis]") {
  // By hand: sorted .005 .01 .03 .04, times 4 3 2 1: .02 .03 .06 .04, and the last is lifted to .06.
  const auto corrected = holm({0.01, 0.04, 0.03, 0.005});
  CHECK(corrected[0] == Approx(0.03));
  CHECK(corrected[1] == Approx(0.06));
  CHECK(corrected[2] == Approx(0.06));
  CHECK(corrected[3] == Approx(0.02));
  CHECK(holm({0.9, 0.8}) == std::vector<double>{1.0, 1.0});
  CHECK(holm({}).empty());
}

TEST_CASE("The smallest difference that seeds can show is where the interval just leaves 0 out", "[analysis]") {
  const auto smallest = smallest_difference(0.5, 3, 1);
  REQUIRE(smallest);
  CHECK(interval_around(*smallest, 0.5 / std::sqrt(3.0), 2).low == Approx(0).margin(1e-12));
  CHECK_FALSE(smallest_difference(0.5, 1, 1));
  // Among five, Holm multiplies the smallest p by 5.
  const double std_error = 0.5 / std::sqrt(3.0);
  CHECK(*p_of_zero(*smallest_difference(0.5, 3, 5), std_error, 2) == Approx(0.01));
}

TEST_CASE("A difference whose interval contains 0 is called no difference shown", "[analysis]") {
  Difference unclear = *difference_of({1, -1, 2}), clear = *difference_of({2.0, 2.1, 1.9});
  Difference one_seed = *difference_of({3});
  CHECK_FALSE(difference_of({}));
  judge_together({&unclear, &clear, &one_seed, nullptr}, paired_t);
  CHECK(unclear.interval->low < 0);
  CHECK(unclear.verdict == Verdict::not_shown);
  CHECK(clear.verdict == Verdict::higher);
  CHECK(*clear.p_holm == Approx(2 * *clear.p));
  CHECK_FALSE(one_seed.verdict);
}

TEST_CASE("Many comparisons make a difference disappear that one alone would show", "[analysis]") {
  const std::vector<double> differences{1.0, 1.6, 2.2};  // p about .045
  Difference alone = *difference_of(differences);
  judge_together({&alone}, paired_t);
  CHECK(alone.verdict == Verdict::higher);
  std::vector<Difference> many(5, *difference_of(differences));
  std::vector<Difference*> all;
  for (Difference& each : many) all.push_back(&each);
  judge_together(all, paired_t);
  CHECK(many[0].interval->low > 0);
  CHECK(many[0].verdict == Verdict::not_shown);
}

TEST_CASE("The error of sampled orders widens an interval", "[analysis]") {
  const Difference narrow = *difference_of({1, 2, 3}), wide = *difference_of({1, 2, 3}, ErrorSource{1.0, 1});
  CHECK(*wide.std_error == Approx(std::sqrt(1.0 / 3 + 1)));
  CHECK(wide.interval->low < narrow.interval->low);
  // Two orders leave one degree of freedom: t is 12.706 there, and 4.3027 with the two of three seeds.
  CHECK(wide.interval->high == Approx(2 + std::sqrt(12.7062 * 12.7062 + 4.30265 * 4.30265 / 3)).epsilon(1e-5));
  // p is where the interval ends at 0.
  const double reach = reach_of({1 / std::sqrt(3.0), 2}, ErrorSource{1.0, 1}, *wide.p);
  CHECK(reach == Approx(2));
  CHECK(*narrow.p == Approx(*p_of_zero(2, 1 / std::sqrt(3.0), 2)));
}

TEST_CASE("Seeds without a spread are no certainty, whatever the images say", "[analysis]") {
  const Difference equal = *difference_of({2, 2, 2}, ErrorSource{0.1, 1000});
  CHECK_FALSE(equal.p);
  CHECK_FALSE(equal.interval);
}

}  // namespace statistics_test
