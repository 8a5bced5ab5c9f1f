// Random crops, flips and color jitter against their definitions.

#include <cmath>

#include "data/train_transform.h"
#include "staircase/data/operations.h"
#include "staircase/data/rand_augment.h"
#include "staircase/data/resize.h"
#include "staircase/data/transforms.h"
#include "support/catch.h"
#include "support/statistics.h"

namespace crop_distribution_test {

using namespace staircase;
using namespace staircase::data;
using namespace staircase::tests;
using config::RecipeOptions;

namespace {

constexpr int draws = 20000;
constexpr int crop_draws = 200000;  // crops of nearly the whole image are rare
constexpr int side = 10000;         // so large that rounding to pixels does not show

RandomStream stream(uint64_t i) { return RandomStream(Purpose::augment, {41, i}); }

/// measure(box) of many crops of a square.
template <class Measure>
std::vector<double> of_crops(Measure&& measure) {
  std::vector<double> values;
  for (int i = 0; i < crop_draws; ++i) {
    RandomStream random = stream(i);
    values.push_back(measure(random_crop_box(side, side, RecipeOptions{}.crop_area_min, random)));
  }
  return values;
}

const BoxDefinition crops{0.08, 1.0, std::log(4.0 / 3.0)};

Image ramp(int width, int height) {
  Image image(width, height, 3);
  for (size_t i = 0; i < image.pixels.size(); ++i) image.pixels[i] = static_cast<uint8_t>(i * 37 % 251);
  return image;
}

}  // namespace

TEST_CASE("Areas of crops are uniform from .08 to 1, as far as the image holds them", "[data]") {
  const auto areas = of_crops([](const Box& box) { return double(box.width) / side * box.height / side; });
  CHECK(kolmogorov_p(areas, [](double s) { return crops.area_distribution(s); }) > least_p);
}

TEST_CASE("Aspects of crops are log-uniform from 3/4 to 4/3, as far as the image holds them", "[data]") {
  const auto aspects = of_crops([](const Box& box) { return std::log(double(box.width) / box.height); });
  CHECK(kolmogorov_p(aspects, [](double r) { return crops.log_aspect_distribution(r); }) > least_p);
}

TEST_CASE("Crops lie anywhere in the image with equal probability", "[data]") {
  const auto uniform = [](double u) { return uniform_distribution(u, 0, 1); };
  CHECK(kolmogorov_p(of_crops([](const Box& b) { return (b.x + 0.5) / (side - b.width + 1); }), uniform) > least_p);
  CHECK(kolmogorov_p(of_crops([](const Box& b) { return (b.y + 0.5) / (side - b.height + 1); }), uniform) > least_p);
}

TEST_CASE("A crop that does not fit is drawn ten times before the center is taken", "[data]") {
  // In an image three times as wide as high, a draw fits where s <= r / 3. With E r = (4/3 - 3/4) / log(16/9)
  // that is (E r / 3 - .08) / .92 = .280384 of the draws; ten in a row do not fit with .719616^10.
  const Box center{(30000 - 13333) / 2, 0, 13333, 10000};
  int centers = 0;
  for (int i = 0; i < draws; ++i) {
    RandomStream random = stream(i);
    centers += random_crop_box(30000, 10000, 0.08, random) == center;
  }
  CHECK(binomial_p(centers, draws, 0.037241) > least_p);
}

TEST_CASE("Half of the training images are mirrored", "[data]") {
  RecipeOptions recipe;
  recipe.rand_augment_operations = 0;
  recipe.color_jitter = 0;
  recipe.small_image_padding = 0;
  const Image image = ramp(4, 4), mirrored = flip_horizontal(image);
  int flips = 0;
  for (int i = 0; i < draws; ++i) {
    RandomStream random = stream(i);
    const Image out = train_transform(image, 4, recipe, random);
    REQUIRE((out == image || out == mirrored));
    flips += out == mirrored;
  }
  CHECK(binomial_p(flips, draws, 0.5) > least_p);
}

TEST_CASE("A training image is cropped, mirrored and then augmented", "[data]") {
  const RecipeOptions recipe;
  for (int i = 0; i < 50; ++i) {
    RandomStream whole = stream(i), steps = stream(i);
    const Image image = ramp(90, 70);
    const Box part = random_crop_box(90, 70, recipe.crop_area_min, steps);
    Image expected = resize(crop(image, part), 48, 48, config::Interpolation::bicubic);
    if (steps.chance(0.5)) expected = flip_horizontal(std::move(expected));
    expected = rand_augment(std::move(expected), recipe, steps);
    CHECK(train_transform(image, 48, recipe, whole) == expected);
  }
}

TEST_CASE("Images above 32 pixels that have the size are cropped like all others", "[data]") {
  RecipeOptions recipe;
  recipe.rand_augment_operations = 0;
  recipe.color_jitter = recipe.flip_probability = 0;
  RandomStream whole = stream(1), steps = stream(1);
  const Image image = ramp(33, 33);
  const Box part = random_crop_box(33, 33, recipe.crop_area_min, steps);
  CHECK(train_transform(image, 33, recipe, whole) == resize(crop(image, part), 33, 33, recipe.interpolation));
}

TEST_CASE("Color jitter multiplies the brightness by a factor from .6 to 1.4", "[data]") {
  // On one gray, contrast and saturation change nothing; 180 * 1.4 is still below 255.
  std::vector<double> factors;
  for (int i = 0; i < draws; ++i) {
    RandomStream random = stream(i);
    const Image out = color_jitter(Image(2, 2, 3, 180), RecipeOptions{}.color_jitter, random);
    // The fraction that was cut off, spread evenly.
    factors.push_back((out.pixels[0] + stream(i + draws).uniform()) / 180);
  }
  CHECK(kolmogorov_p(factors, [](double f) { return uniform_distribution(f, 0.6, 1.4); }) > least_p);
}

TEST_CASE("Color jitter changes brightness, contrast and saturation in any order", "[data]") {
  // Each of the six orders with the same three factors gives another image; all six come equally often.
  using Adjust = Image (*)(Image, double);
  const Adjust adjust[] = {adjust_brightness, adjust_contrast, adjust_color};
  constexpr int orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
  const Image image = ramp(9, 7);
  std::vector<double> counts(6), expected(6, 500);
  for (int i = 0; i < 3000; ++i) {
    RandomStream random = stream(i), factors = stream(i);
    const Image out = color_jitter(image, 0.4, random);
    factors.bits();
    factors.bits();  // two draws for the order
    const double factor[] = {factors.uniform(0.6, 1.4), factors.uniform(0.6, 1.4), factors.uniform(0.6, 1.4)};
    for (int k = 0; k < 6; ++k) {
      Image candidate = image;
      for (int j = 0; j < 3; ++j) candidate = adjust[orders[k][j]](std::move(candidate), factor[j]);
      if (!(candidate == out)) continue;
      ++counts[k];
      break;
    }
  }
  CHECK(chi_square_p(counts, expected) > least_p);
}

}  // namespace crop_distribution_test
