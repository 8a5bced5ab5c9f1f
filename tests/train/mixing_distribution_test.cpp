// Mixup and CutMix against their definitions.

#include <algorithm>
#include <cmath>

#include "staircase/config/recipes.h"
#include "staircase/train/mixing.h"
#include "support/catch.h"
#include "support/statistics.h"

namespace mixing_distribution_test {

using namespace staircase;
using namespace staircase::train;
using namespace staircase::tests;
using config::RecipeOptions;

namespace {

constexpr int draws = 100000, side = 64;

std::vector<Mix> mixes(const RecipeOptions& recipe) {
  std::vector<Mix> all;
  for (uint64_t i = 0; i < draws; ++i)
    all.push_back(draw_mix(recipe, RandomStream(Purpose::mixing, {44, i}), side, side));
  return all;
}

RecipeOptions only_cutmix() {
  RecipeOptions recipe;
  recipe.mixup_alpha = 0;
  return recipe;
}

/// Of all sides k = int(side * sqrt(1 - lambda)) with lambda ~ U(0, 1), P(k) = ((k + 1)^2 - k^2) / side^2, and
/// all centers c, each 1 / side, the box from c - k / 2 to c + k / 2 (whole numbers), clipped: measure(from, to)
/// is counted with its probability.
template <class Measure>
std::vector<double> expected_counts(Measure&& measure) {
  std::vector<double> counts(side + 1);
  for (int k = 0; k < side; ++k)
    for (int c = 0; c < side; ++c)
      counts[measure(std::max(c - k / 2, 0), std::min(c + k / 2, side))] += draws * (2.0 * k + 1) / side / side / side;
  return counts;
}

template <class Measure>
double box_p(Measure&& measure) {
  double least = 1;
  for (const int from : {0, 1}) {  // rows, columns
    std::vector<double> counts(side + 1);
    for (const Mix& mix : mixes(only_cutmix())) ++counts[measure(mix.box[from], mix.box[from + 2])];
    least = std::min(least, chi_square_p(counts, expected_counts(measure)));
  }
  return least;
}

}  // namespace

TEST_CASE("The lambda of mixup is Beta(.8, .8)", "[train]") {
  RecipeOptions recipe;
  recipe.cutmix_alpha = 0;
  std::vector<double> lambdas;
  for (const Mix& mix : mixes(recipe)) {
    REQUIRE(mix.kind == Mix::Kind::mixup);
    lambdas.push_back(mix.lambda);
  }
  CHECK(kolmogorov_p(lambdas, [](double x) { return beta_distribution(x, 0.8); }) > least_p);
}

TEST_CASE("Where both are on, mixup's lambda is still Beta(.8, .8)", "[train]") {
  std::vector<double> lambdas;
  for (const Mix& mix : mixes({}))
    if (mix.kind == Mix::Kind::mixup) lambdas.push_back(mix.lambda);
  CHECK(kolmogorov_p(lambdas, [](double x) { return beta_distribution(x, 0.8); }) > least_p);
}

TEST_CASE("Draws of Beta(alpha, alpha) are distributed so", "[train]") {
  for (const double alpha : {0.2, 1.0, 4.0}) {
    RandomStream random(static_cast<uint64_t>(alpha * 1000));
    std::vector<double> samples;
    for (int i = 0; i < draws; ++i) samples.push_back(draw_beta(random, alpha));
    CHECK(kolmogorov_p(samples, [&](double x) { return beta_distribution(x, alpha); }) > least_p);
  }
}

TEST_CASE("Boxes of CutMix have sides int(side * sqrt(1 - lambda)), halved to whole pixels and clipped", "[train]") {
  CHECK(box_p([](int64_t from, int64_t to) { return static_cast<size_t>(to - from); }) > least_p);
}

TEST_CASE("Centers of CutMix's boxes are uniform over the image", "[train]") {
  CHECK(box_p([](int64_t from, int64_t) { return static_cast<size_t>(from); }) > least_p);
  CHECK(box_p([](int64_t, int64_t to) { return static_cast<size_t>(to); }) > least_p);
}

TEST_CASE("CutMix's boxes have the image's aspect", "[train]") {
  int checked = 0;  // a sixth of all boxes touch no edge
  for (int i = 0; i < 1000; ++i) {
    const Mix mix = draw_mix(only_cutmix(), RandomStream(static_cast<uint64_t>(i)), 100, 300);
    const auto [top, left, bottom, right] = mix.box;
    if (top == 0 || left == 0 || bottom == 100 || right == 300) continue;
    ++checked;
    CHECK(std::abs((bottom - top) * 3 - (right - left)) <= 8);  // what whole pixels allow
  }
  REQUIRE(checked > 50);
}

TEST_CASE("Every batch is mixed by one of the two, in the small recipe every other one", "[train]") {
  const auto of_kind = [](const std::vector<Mix>& all, Mix::Kind kind) {
    return static_cast<int>(std::count_if(all.begin(), all.end(), [&](const Mix& m) { return m.kind == kind; }));
  };
  const auto modern = mixes({}), small = mixes(config::read_recipe("small", {}));
  CHECK(of_kind(modern, Mix::Kind::none) == 0);
  CHECK(binomial_p(of_kind(modern, Mix::Kind::cutmix), draws, 0.5) > least_p);
  CHECK(binomial_p(of_kind(small, Mix::Kind::none), draws, 0.5) > least_p);
  for (const Mix& mix : mixes(config::read_recipe("finetune", {}))) REQUIRE(mix.kind == Mix::Kind::none);
}

}  // namespace mixing_distribution_test
