#include "staircase/analysis/sequential.h"

#include <cmath>

#include "experiment/designed.h"
#include "staircase/analysis/row_verdicts.h"
#include "staircase/base/random.h"
#include "support/catch.h"

namespace sequential_test {

using namespace staircase;
using namespace staircase::analysis;
using experiment::looks_of;

namespace {

std::vector<int64_t> first_seeds(int64_t count) {
  std::vector<int64_t> seeds;
  for (int64_t seed = 0; seed < count; ++seed) seeds.push_back(seed);
  return seeds;
}

SeedNumbers numbers(const std::vector<double>& list) {
  SeedNumbers by_seed;
  for (size_t i = 0; i < list.size(); ++i) by_seed[static_cast<int64_t>(i)] = list[i];
  return by_seed;
}

/// One difference by itself, with looks at 3, 4, 6, ... of 20 seeds.
Difference judged(const std::vector<double>& list, double smallest = 0.5) {
  std::optional<Difference> difference = Difference{};
  judge_at_looks({{&difference, numbers(list)}}, first_seeds(static_cast<int64_t>(list.size())), looks_of({0.5, 20, 3}),
                 smallest);
  return *difference;
}

enum class Spreads { equal, unequal, heavy_tailed };

double draw(RandomStream& random, Spreads spreads, size_t row) {
  const double normal = random.normal();
  if (spreads == Spreads::unequal) return normal * (row == 0 ? 1 : 0.3 * static_cast<double>(row * row));
  if (spreads == Spreads::equal) return normal;
  double squares = 0;  // Student's t with 5 degrees of freedom
  for (int i = 0; i < 5; ++i) squares += std::pow(random.normal(), 2);
  return normal / std::sqrt(squares / 5);
}

/// The share of experiments of a base and four rows, looked at seven times, of which any difference is called what
/// `wrong` says it is not. All true differences are `truth`.
double wrong_share(int experiments, Spreads spreads, double truth, bool (*wrong)(Verdict)) {
  const auto looks = looks_of({0.5, 20, 3});
  const std::vector<int64_t> seeds = first_seeds(20);
  int count = 0;
  for (int e = 0; e < experiments; ++e) {
    RandomStream random(mix64(static_cast<uint64_t>(e) + 1000 * static_cast<uint64_t>(spreads)));
    std::vector<std::optional<Difference>> differences(4, Difference{});
    std::vector<LookedAt> looked;
    for (auto& each : differences) looked.push_back({&each, {}});
    for (const int64_t seed : seeds) {
      const double base = draw(random, spreads, 0);
      for (size_t row = 0; row < looked.size(); ++row)
        looked[row].numbers[seed] = truth + draw(random, spreads, row + 1) - base;
    }
    judge_at_looks(looked, seeds, looks, 0.5);
    bool any = false;
    for (const auto& each : differences) any = any || wrong(*each->verdict);
    count += any;
  }
  return static_cast<double>(count) / experiments;
}

bool is_shown(Verdict verdict) { return verdict == Verdict::higher || verdict == Verdict::lower; }
bool is_smaller(Verdict verdict) { return verdict == Verdict::smaller; }

}  // namespace

TEST_CASE("Over all looks at most 5.5 % of 10,000 experiments show a difference that is none", "[analysis]") {
  CHECK(wrong_share(10000, Spreads::equal, 0, is_shown) <= 0.055);
  CHECK(wrong_share(10000, Spreads::unequal, 0, is_shown) <= 0.055);
  CHECK(wrong_share(10000, Spreads::heavy_tailed, 0, is_shown) <= 0.055);
}

TEST_CASE("Nor are differences that matter called smaller, and those that are there are shown", "[analysis]") {
  CHECK(wrong_share(2000, Spreads::equal, 0.5, is_smaller) <= 0.055);
  CHECK(wrong_share(500, Spreads::equal, 3, is_shown) == 1);
}

TEST_CASE("A look has its share of the error, and its interval reaches as far as that says", "[analysis]") {
  // 3 of 20 seeds: 0.05 * 3 / 20 = 0.0075. Student's t of 2 degrees has a closed form: with q = 1 - 0.0075 it is
  // q * sqrt(2 / (1 - q * q)) = 11.482; the standard error of 1, 2, 3 is 1 / sqrt(3).
  const Difference first = judged({1, 2, 3});
  CHECK(first.mean == Approx(2));
  CHECK(first.interval->low == Approx(2 - 11.482 / std::sqrt(3.0)).epsilon(1e-4));
  CHECK(first.interval->high == Approx(2 + 11.482 / std::sqrt(3.0)).epsilon(1e-4));
  CHECK(first.verdict == Verdict::not_shown);
  CHECK_FALSE(first.p);
  CHECK_FALSE(first.p_holm);
}

TEST_CASE("What is decided at a look stays decided, and seeds between two looks are not looked at", "[analysis]") {
  CHECK(judged({2, 2.1, 1.9}).verdict == Verdict::higher);
  CHECK(judged({-2, -2.1, -1.9}).verdict == Verdict::lower);
  CHECK(judged({0.01, -0.01, 0}).verdict == Verdict::smaller);
  CHECK(judged({0.01, -0.01, 0}, 0.01).verdict == Verdict::not_shown);
  CHECK(judged({2, 2.1, 1.9, -30}).verdict == Verdict::higher);
  const Difference between = judged({1, 2, 3, 3, 1000});
  CHECK(between.count == 4);
  CHECK(between.mean == Approx(9.0 / 4));
  CHECK_FALSE(judged({1, 2}).interval);
  CHECK_FALSE(judged({1, 2}).verdict);
  CHECK(judged({1, 1, 1}).verdict == Verdict::no_spread_seen);
}

TEST_CASE("A look waits until every difference has its seeds", "[analysis]") {
  std::optional<Difference> whole = Difference{}, late = Difference{}, none;
  const std::vector<LookedAt> both{{&whole, numbers({1, 2, 3, 4})}, {&late, numbers({1, 2, 3})}};
  CHECK(judge_at_looks(both, first_seeds(4), looks_of({0.5, 20, 3}), 0.5) == 3);
  CHECK(whole->count == 3);
  CHECK(judge_at_looks({{&whole, numbers({1, 2, 3})}, {&none, {}}}, first_seeds(3), looks_of({0.5, 20, 3}), 0.5) == 0);
  CHECK_FALSE(none);
}

TEST_CASE("A row that lacks the first seed has no interval of one look", "[analysis]") {
  std::optional<Difference> late = difference_of({1.0, 1.1, 1.2});
  REQUIRE(late->interval);
  CHECK(judge_at_looks({{&late, {{1, 1.0}, {2, 1.1}, {3, 1.2}}}}, first_seeds(4), looks_of({0.5, 20, 3}), 0.5) == 0);
  CHECK(late->mean == Approx(1.1));
  CHECK_FALSE(late->interval);
  CHECK_FALSE(late->p);
  CHECK_FALSE(late->verdict);
}

TEST_CASE("Seeds are added until every row is decided, but not while runs are missing", "[analysis]") {
  const config::Json content = tests::four_steps("one_at_a_time", {{"seeds", {0, 1, 2}}, {"until", {{"shown", 0.5}}}});
  tests::ScoredFolder folder(content);
  const auto steady = [](experiment::Subset subset, int64_t seed) {
    return 40 + 5 * static_cast<double>(subset) +
           0.01 * static_cast<double>((seed * 7 + static_cast<int64_t>(subset) * 5) % 3);
  };
  const Results decided = folder.results(steady);
  REQUIRE(decided.looks);
  CHECK(decided.looks->open == 0);
  CHECK_FALSE(decided.worth.effects);  // the rows themselves are looked at
  CHECK(decided.rows[1].delta->difference->verdict == Verdict::higher);
  CHECK_FALSE(seeds_to_have(folder.experiment.options, *decided.looks, true));
  tests::ScoredFolder other(content);
  const Results open = other.results([&](experiment::Subset subset, int64_t seed) {
    return subset == 2 ? steady(0, seed) + static_cast<double>(seed * 3) : steady(subset, seed);
  });
  CHECK(open.looks->open_rows == std::vector<std::string>{"layer"});
  CHECK(open.looks->seeds == 3);
  CHECK(seeds_to_have(other.experiment.options, *open.looks, true) == std::vector<int64_t>{0, 1, 2, 3});
  CHECK_FALSE(seeds_to_have(other.experiment.options, *open.looks, false));
  config::ExperimentOptions last = other.experiment.options;
  last.until->at_most_seeds = 3;
  CHECK_FALSE(seeds_to_have(last, *open.looks, true));
}

}  // namespace sequential_test
