// RandAugment against its definition: which operations, how often, how strong.

#include "staircase/data/rand_augment.h"

#include <map>
#include <string>

#include "staircase/data/operations.h"
#include "support/catch.h"
#include "support/operations.h"
#include "support/statistics.h"

namespace rand_augment_test {

using namespace staircase;
using namespace staircase::data;
using namespace staircase::tests;
using config::RecipeOptions;

namespace {

RandomStream stream(uint64_t i) { return RandomStream(Purpose::augment, {42, i}); }

/// An image that every operation changes, each to another image.
Image colors() {
  Image image(24, 20, 3);
  for (size_t i = 0; i < image.pixels.size(); ++i) image.pixels[i] = static_cast<uint8_t>(20 + mix64(i) % 200);
  return image;
}

std::string text(const Image& image) { return {image.pixels.begin(), image.pixels.end()}; }

/// The modern recipe's, with `operations` of them and always the same strength.
RecipeOptions at_nine(int64_t operations) {
  RecipeOptions recipe;
  recipe.rand_augment_operations = operations;
  recipe.rand_augment_std = 0;
  return recipe;
}

}  // namespace

TEST_CASE("Strengths at magnitude 9 and between are those of the increasing series", "[data]") {
  const Image image = colors();
  const auto at = [&](Operation operation, double m, bool negative) {
    return apply_operation(operation, image, m, negative);
  };
  for (const bool negative : {false, true}) {
    const double sign = negative ? -1 : 1;
    // By hand: .09, .03 and .045 a step, 3 degrees a step. Where pixels move, 1 for the last digit of the strength.
    for (const auto& [m, degrees, factor, shear, shift] :
         {std::array{9.0, 27.0, 0.81, 0.27, 0.405}, std::array{3.7, 11.1, 0.333, 0.111, 0.1665}}) {
      INFO(m << (negative ? " negative" : ""));
      CHECK(largest_difference(at(Operation::rotate, m, negative), rotate(image, sign * degrees)) <= 1);
      CHECK(at(Operation::color, m, negative) == adjust_color(image, 1 + sign * factor));
      CHECK(at(Operation::contrast, m, negative) == adjust_contrast(image, 1 + sign * factor));
      CHECK(at(Operation::brightness, m, negative) == adjust_brightness(image, 1 + sign * factor));
      CHECK(at(Operation::sharpness, m, negative) == adjust_sharpness(image, 1 + sign * factor));
      CHECK(largest_difference(at(Operation::shear_x, m, negative), shear_x(image, sign * shear)) <= 1);
      CHECK(largest_difference(at(Operation::shear_y, m, negative), shear_y(image, sign * shear)) <= 1);
      CHECK(largest_difference(at(Operation::translate_x, m, negative), translate_x(image, sign * shift)) <= 1);
      CHECK(largest_difference(at(Operation::translate_y, m, negative), translate_y(image, sign * shift)) <= 1);
    }
    // Fractions are cut off: .4 * 3.7 = 1.48, 25.6 * 3.7 = 94.72, 11 * 3.7 = 40.7; at 9: 3.6, 230.4, 99.
    CHECK(at(Operation::posterize, 9, negative) == posterize(image, 1));
    CHECK(at(Operation::posterize, 3.7, negative) == posterize(image, 3));
    CHECK(at(Operation::solarize, 9, negative) == solarize(image, 26));
    CHECK(at(Operation::solarize, 3.7, negative) == solarize(image, 162));
    CHECK(at(Operation::solarize_add, 9, negative) == solarize_add(image, 99));
    CHECK(at(Operation::solarize_add, 3.7, negative) == solarize_add(image, 40));
    for (const double m : {0.0, 9.0}) {
      CHECK(at(Operation::auto_contrast, m, negative) == auto_contrast(image));
      CHECK(at(Operation::equalize, m, negative) == equalize(image));
      CHECK(at(Operation::invert, m, negative) == invert(image));
    }
  }
}

TEST_CASE("Each of 15 operations comes equally often, with either sign, on half of the images", "[data]") {
  std::map<std::string, double> expected{{text(colors()), 0.5}}, counts;
  for (int operation = 0; operation < 15; ++operation)
    for (const bool negative : {false, true})
      expected[text(apply_operation(static_cast<Operation>(operation), colors(), 9, negative))] += 0.5 / 30;
  REQUIRE(expected.size() == 1 + 15 + 9);  // nine have a sign
  constexpr int draws = 12000;
  for (int i = 0; i < draws; ++i) {
    RandomStream random = stream(i);
    ++counts[text(rand_augment(colors(), at_nine(1), random))];
  }
  std::vector<double> observed, wanted;
  for (const auto& [outcome, probability] : expected) {
    observed.push_back(counts[outcome]);
    wanted.push_back(probability * draws);
    counts.erase(outcome);
  }
  CHECK(counts.empty());
  CHECK(chi_square_p(observed, wanted) > least_p);
}

TEST_CASE("Two operations are drawn with replacement", "[data]") {
  RecipeOptions recipe = at_nine(RecipeOptions{}.rand_augment_operations);
  recipe.rand_augment_probability = 1;
  struct Outcome {
    double probability = 0;
    bool same = false;
  };
  std::map<std::string, Outcome> outcomes;
  for (int first = 0; first < 30; ++first)
    for (int second = 0; second < 30; ++second) {
      const auto once = apply_operation(static_cast<Operation>(first / 2), colors(), 9, first % 2);
      Outcome& outcome = outcomes[text(apply_operation(static_cast<Operation>(second / 2), once, 9, second % 2))];
      outcome.probability += 1.0 / 900;
      outcome.same |= first / 2 == second / 2;
    }
  double expected = 0;  // that the same operation may have come twice
  for (const auto& [image, outcome] : outcomes) expected += outcome.same ? outcome.probability : 0;
  CHECK(expected > 1.0 / 15);
  int same = 0;
  constexpr int draws = 12000;
  for (int i = 0; i < draws; ++i) {
    RandomStream random = stream(i);
    const auto outcome = outcomes.find(text(rand_augment(colors(), recipe, random)));
    REQUIRE(outcome != outcomes.end());
    same += outcome->second.same;
  }
  CHECK(binomial_p(same, draws, expected) > least_p);
}

TEST_CASE("Magnitudes are N(9, .5) cut at 10, and the sign is either with probability 1/2", "[data]") {
  // In a row of 2,000 pixels TranslateX leaves 90 pixels a step of magnitude empty, at the end that the sign
  // says. What Rotate and ShearY leave empty is nearly all of it.
  RecipeOptions recipe;
  recipe.rand_augment_operations = 1;
  recipe.rand_augment_probability = 1;
  Image row(2000, 1, 3);
  for (size_t i = 0; i < row.pixels.size(); ++i) row.pixels[i] = static_cast<uint8_t>(i % 100);
  std::vector<double> magnitudes;
  int moved = 0, at_ten = 0, negative = 0;
  for (int i = 0; i < 15000; ++i) {
    RandomStream random = stream(i), coin = stream(i + 15000);
    const Image out = rand_augment(row, recipe, random);
    const auto filled = [&](int x) { return out.pixels[x * 3] == 124 && out.pixels[x * 3 + 1] == 116; };
    int empty = 0;
    for (int x = 0; x < 2000; ++x) empty += filled(x);
    if (empty < 400 || empty > 1000) continue;
    ++moved;
    negative += filled(0);
    REQUIRE(empty <= 900);  // .45 of the side
    // What is clamped to 10 and what comes close to it, as one outcome.
    if (empty >= 899) ++at_ten;
    else magnitudes.push_back((empty - 0.5 + coin.uniform()) / 90);
  }
  const double above = (898.5 / 90 - 9) / 0.5;
  const double kept = normal_distribution(above, 0, 1);
  CHECK(binomial_p(moved, 15000, 1.0 / 15) > least_p);
  CHECK(binomial_p(negative, moved, 0.5) > least_p);
  CHECK(binomial_p(at_ten, moved, 1 - kept) > least_p);
  const auto cut = [&](double m) { return std::min(1.0, normal_distribution(m, 9, 0.5) / kept); };
  CHECK(kolmogorov_p(magnitudes, cut) > least_p);
}

TEST_CASE("Magnitudes below 0 are cut to 0", "[data]") {
  // TranslateX leaves 90 of 2,000 pixels a step of magnitude empty; uncut, -m would move as far as m.
  RecipeOptions recipe;
  recipe.rand_augment_operations = 1;
  recipe.rand_augment_probability = 1;
  recipe.rand_augment_magnitude = 0;
  recipe.rand_augment_std = 3;
  Image row(2000, 1, 3);
  for (size_t i = 0; i < row.pixels.size(); ++i) row.pixels[i] = static_cast<uint8_t>(i % 100);
  int moved = 0;
  constexpr int draws = 6000;
  for (int i = 0; i < draws; ++i) {
    RandomStream random = stream(i);
    const Image out = rand_augment(row, recipe, random);
    int empty = 0;
    for (int x = 0; x < 2000; ++x) empty += out.pixels[x * 3] == 124 && out.pixels[x * 3 + 1] == 116;
    moved += empty >= 180 && empty <= 1000;
  }
  CHECK(binomial_p(moved, draws, (1 - normal_distribution(179.5 / 90, 0, 3)) / 15) > least_p);
}

TEST_CASE("Every operation of an image has its own draws", "[data]") {
  RecipeOptions one, two;
  one.rand_augment_operations = 1;
  two.rand_augment_operations = 2;
  for (int i = 0; i < 200; ++i) {
    RandomStream a = stream(i), b = stream(i);
    const Image first = rand_augment(colors(), one, b);
    CHECK(rand_augment(colors(), two, a) == rand_augment(first, one, b));
  }
}

}  // namespace rand_augment_test
