#include "staircase/analysis/shapley.h"

#include <algorithm>
#include <map>

#include "staircase/base/random.h"
#include "support/catch.h"

namespace shapley_test {

using namespace staircase;
using namespace staircase::experiment;
using namespace staircase::analysis;

namespace {

/// A score without any regularity: each subset has its own random number.
double random_score(Subset subset) { return RandomStream(mix_key({7, subset})).uniform(0, 100); }

/// The weights put to a score.
std::vector<double> exact_shapley(const Requirements& requirements, const SubsetScore& score) {
  std::vector<double> values;
  for (const SubsetWeights& weights : exact_shapley_weights(requirements)) {
    values.push_back(0);
    for (const auto& [subset, weight] : weights) values.back() += weight * score(subset);
  }
  return values;
}

/// The definition, word for word: every order that the requirements allow, each step's gain averaged.
std::vector<double> over_all_permutations(const Requirements& requirements, const SubsetScore& score) {
  StepOrder order(requirements.steps());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::vector<double> sums(order.size(), 0.0);
  int orders = 0;
  do {
    Subset taken = 0;
    std::vector<double> gains(order.size());
    bool allowed = true;
    for (size_t step : order) {
      allowed = allowed && requirements.allow_next(taken, step);
      gains[step] = score(taken | only(step)) - score(taken);
      taken |= only(step);
    }
    if (!allowed) continue;
    ++orders;
    for (size_t i = 0; i < sums.size(); ++i) sums[i] += gains[i];
  } while (std::next_permutation(order.begin(), order.end()));
  for (double& sum : sums) sum /= orders;
  return sums;
}

const Requirements independent5{std::vector<Subset>(5, 0)};
/// 1 and 2 require 0, 4 requires 2 (and so 0); 3 is free.
const Requirements tree5{{0, only(0), only(0), 0, only(0) | only(2)}};

double sum(const std::vector<double>& values) {
  double total = 0;
  for (double value : values) total += value;
  return total;
}

/// Two steps that only help together, and a third that gives 3 by itself.
double only_together(Subset subset) {
  return 50 + (holds(subset, 0) && holds(subset, 1) ? 10.0 : 0.0) + (holds(subset, 2) ? 3.0 : 0.0);
}

}  // namespace

TEST_CASE("Exact Shapley values are the average over all permutations", "[analysis]") {
  for (const Requirements& requirements : {independent5, tree5}) {
    const auto values = exact_shapley(requirements, random_score);
    const auto defined = over_all_permutations(requirements, random_score);
    for (size_t i = 0; i < values.size(); ++i) CHECK(values[i] == Approx(defined[i]));
    CHECK(sum(values) == Approx(random_score(requirements.all()) - random_score(0)));
  }
}

TEST_CASE("Exact Shapley values ask only for subsets that the requirements allow", "[analysis]") {
  exact_shapley(tree5, [](Subset subset) {
    CHECK(tree5.allow(subset));
    return 0.0;
  });
  CHECK(allowed_subsets(independent5, 1000).size() == 32);
  CHECK(allowed_subsets(tree5, 1000).size() == 14);  // 2 for step 3 times (none, 0, 01, 02, 012, 024, 0124)
}

TEST_CASE("Steps that only help together are shown by pairs and Shapley values, not one at a time", "[analysis]") {
  const Requirements three{std::vector<Subset>(3, 0)};
  CHECK(added_alone(three, 0).worth(only_together) == 0.0);
  CHECK(added_alone(three, 1).worth(only_together) == 0.0);
  CHECK(added_alone(three, 2).worth(only_together) == 3.0);
  CHECK(pair_of(three, 0, 1)->interaction(only_together) == 10.0);
  CHECK(pair_of(three, 0, 2)->interaction(only_together) == 0.0);
  CHECK(removed_from_full(three, 0).worth(only_together) == 10.0);
  const auto values = exact_shapley(three, only_together);
  CHECK(values[0] == Approx(5));
  CHECK(values[1] == Approx(5));
  CHECK(values[2] == Approx(3));
}

TEST_CASE("A pair is measured on top of what it requires", "[analysis]") {
  const auto pair = pair_of(tree5, 1, 2);
  REQUIRE(pair);
  CHECK(pair->none == only(0));
  CHECK(pair->both == (only(0) | only(1) | only(2)));
  CHECK_FALSE(pair_of(tree5, 0, 4));  // 4 is never there without 0
  CHECK_FALSE(pair_of(tree5, 4, 0));
  CHECK(removed_from_full(tree5, 2).without == (only(0) | only(1) | only(3)));
}

TEST_CASE("Sampled orders respect requirements and are all equally likely", "[analysis]") {
  const Requirements chain_and_one{{0, only(0), 0}};  // the orders 012, 021, 201
  std::map<StepOrder, int> seen;
  for (const StepOrder& order : sample_orders(chain_and_one, 3000, 1)) ++seen[order];
  REQUIRE(seen.size() == 3);
  for (const auto& [order, count] : seen) CHECK(std::abs(count - 1000) < 110);  // over 4 standard deviations
}

TEST_CASE("Sampled orders are a function of their seed, and more begin with the same", "[analysis]") {
  for (const Requirements& requirements : {independent5, tree5}) {
    const auto few = sample_orders(requirements, 4, 9), more = sample_orders(requirements, 9, 9);
    CHECK(std::equal(few.begin(), few.end(), more.begin()));
    CHECK(sample_orders(requirements, 9, 10) != more);
  }
}

TEST_CASE("Sampled Shapley values sum to the whole gain and come near the exact ones", "[analysis]") {
  for (const Requirements& requirements : {independent5, tree5}) {
    const auto exact = exact_shapley(requirements, random_score);
    const auto sampled = sampled_shapley(sample_orders(requirements, 400, 3), random_score);
    double total = 0;
    for (size_t i = 0; i < exact.size(); ++i) {
      total += sampled[i].value;
      CHECK(sampled[i].std_error > 0);
      CHECK(std::abs(sampled[i].value - exact[i]) < 4 * sampled[i].std_error);
    }
    CHECK(total == Approx(random_score(requirements.all()) - random_score(0)));
  }
}

TEST_CASE("The standard error of a sampled value is the one computed by hand", "[analysis]") {
  // Step 0 gains 0 first and 10 second: mean 5, standard deviation 7.07, over sqrt(2).
  const auto worth = sampled_shapley({{0, 1, 2}, {1, 0, 2}}, only_together);
  CHECK(worth[0].value == Approx(5));
  CHECK(worth[0].std_error == Approx(5));
  CHECK(worth[2].std_error == Approx(0).margin(1e-12));
}

}  // namespace shapley_test
