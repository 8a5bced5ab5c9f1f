// Random erasing against its definition.

#include <cmath>

#include "data/fake_dataset.h"
#include "staircase/data/transforms.h"
#include "support/catch.h"
#include "support/statistics.h"

namespace erasing_distribution_test {

using namespace staircase;
using namespace staircase::data;
using namespace staircase::tests;

namespace {

constexpr int draws = 8000, side = 100;

RandomStream stream(uint64_t i) { return RandomStream(Purpose::erasing, {43, i}); }

/// Boxes of a square image, all of them erased.
std::vector<Box> boxes() {
  std::vector<Box> all;
  std::vector<float> pixels(side * side);
  for (int i = 0; i < draws; ++i) {
    RandomStream random = stream(i);
    all.push_back(erase_box(pixels.data(), side, side, 1, 1.0, random));
  }
  return all;
}

/// Boxes are rounded to pixels: each side is spread evenly over what rounds to it.
double spread(int length, RandomStream& random) { return (length - 0.5 + random.uniform()) / side; }

const BoxDefinition erased{0.02, 1.0 / 3.0, std::log(1.0 / 0.3)};

}  // namespace

TEST_CASE("A quarter of the training images lose a box", "[data]") {
  int hits = 0;
  std::vector<float> pixels(32 * 32);
  for (int i = 0; i < 40000; ++i) {
    RandomStream random = stream(i);
    hits += erase_box(pixels.data(), 32, 32, 1, config::RecipeOptions{}.random_erasing, random).width > 0;
  }
  CHECK(binomial_p(hits, 40000, 0.25) > least_p);
}

TEST_CASE("Areas of erased boxes are uniform from .02 to 1/3, as far as the image holds them", "[data]") {
  std::vector<double> areas;
  RandomStream random = stream(draws);
  for (const Box& box : boxes()) areas.push_back(spread(box.width, random) * spread(box.height, random));
  CHECK(kolmogorov_p(areas, [](double s) { return erased.area_distribution(s); }) > least_p);
}

TEST_CASE("Aspects of erased boxes are log-uniform from .3 to 1/.3, as far as the image holds them", "[data]") {
  std::vector<double> aspects;
  RandomStream random = stream(draws);
  for (const Box& box : boxes()) aspects.push_back(std::log(spread(box.height, random) / spread(box.width, random)));
  CHECK(kolmogorov_p(aspects, [](double r) { return erased.log_aspect_distribution(r); }) > least_p);
}

TEST_CASE("Erased boxes lie anywhere in the image with equal probability", "[data]") {
  std::vector<double> left, top;
  RandomStream random = stream(draws);
  for (const Box& box : boxes()) {
    left.push_back((box.x + random.uniform()) / (side - box.width + 1));
    top.push_back((box.y + random.uniform()) / (side - box.height + 1));
  }
  CHECK(kolmogorov_p(left, [](double u) { return uniform_distribution(u, 0, 1); }) > least_p);
  CHECK(kolmogorov_p(top, [](double u) { return uniform_distribution(u, 0, 1); }) > least_p);
}

TEST_CASE("A box that does not fit is drawn ten times before the image is left alone", "[data]") {
  // In 400 x 20 pixels a draw fits with .128623: counted in Python over a grid of 36 million (area, aspect).
  int left_alone = 0;
  std::vector<float> pixels(400 * 20);
  for (int i = 0; i < draws; ++i) {
    RandomStream random = stream(i);
    const Box box = erase_box(pixels.data(), 400, 20, 1, 1.0, random);
    REQUIRE((box.width < 400 && box.height < 20));
    left_alone += box.width == 0;
  }
  CHECK(binomial_p(left_alone, draws, 0.252383) > least_p);
}

TEST_CASE("Every erased value is an independent standard normal number", "[data]") {
  std::vector<double> values;
  double neighbors = 0, pairs = 0;
  std::vector<float> pixels(side * side * 3);
  for (int i = 0; i < 10; ++i) {
    RandomStream random = stream(i);
    const Box box = erase_box(pixels.data(), side, side, 3, 1.0, random);
    for (int y = box.y; y < box.y + box.height; ++y) {
      const float* row = pixels.data() + (static_cast<size_t>(y) * side + box.x) * 3;
      for (int k = 0; k < box.width * 3; ++k) {
        values.push_back(row[k]);
        if (k == 0) continue;
        neighbors += static_cast<double>(row[k]) * row[k - 1];
        ++pairs;
      }
    }
  }
  REQUIRE(values.size() > 20000);
  CHECK(kolmogorov_p(values, [](double x) { return normal_distribution(x, 0, 1); }) > least_p);
  CHECK(std::abs(neighbors / std::sqrt(pairs)) < 3.3);  // N(0, 1) where neighbors are independent
}

TEST_CASE("The box is erased after normalization", "[data]") {
  config::RecipeOptions recipe = plain_recipe();
  recipe.random_erasing = 1;
  // Every pixel of this image is 11. Normalized erasing would give noise around -1.9 of deviation .017.
  Loader loader(std::make_shared<FakeDataset>(1, 32), sized(32), recipe, LoaderMode::train, {1, 1});
  std::vector<double> values;
  for (int64_t epoch = 0; epoch < 20; ++epoch) {
    const torch::Tensor red = epoch_of(loader, epoch).at(0).images[0][0].contiguous();
    for (int64_t i = 0; i < red.numel(); ++i) {
      const double value = red.data_ptr<float>()[i];
      if (std::abs(value - (11 / 255.0 - 0.485) / 0.229) > 1e-5) values.push_back(value);
    }
  }
  REQUIRE(values.size() > 1000);
  CHECK(kolmogorov_p(values, [](double x) { return normal_distribution(x, 0, 1); }) > least_p);
}

}  // namespace erasing_distribution_test
