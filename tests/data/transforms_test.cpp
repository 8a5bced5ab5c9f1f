#include "staircase/data/transforms.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <string>

#include "data/train_transform.h"
#include "staircase/config/recipes.h"
#include "staircase/data/operations.h"
#include "staircase/data/rand_augment.h"
#include "staircase/data/resize.h"
#include "support/catch.h"

namespace transforms_test {

using namespace staircase;
using namespace staircase::data;
using config::RecipeOptions;
using tests::train_transform;

namespace {

Image ramp(int width, int height, int channels = 3) {
  Image image(width, height, channels);
  for (size_t i = 0; i < image.pixels.size(); ++i) image.pixels[i] = static_cast<uint8_t>(i * 37 % 251);
  return image;
}

RandomStream stream(uint64_t i) { return RandomStream(Purpose::augment, {i}); }

RecipeOptions no_color() {
  RecipeOptions recipe;
  recipe.rand_augment_operations = 0;
  recipe.color_jitter = 0;
  recipe.flip_probability = 0;
  return recipe;
}

}  // namespace

TEST_CASE("Random crops keep to area, aspect and image", "[data]") {
  double smallest = 1, largest = 0, area_sum = 0;
  constexpr int draws = 4000;
  for (int i = 0; i < draws; ++i) {
    RandomStream random = stream(i);
    const Box box = random_crop_box(400, 300, 0.08, random);
    const double area = box.width * box.height / 120000.0, aspect = static_cast<double>(box.width) / box.height;
    REQUIRE((box.x >= 0 && box.y >= 0 && box.x + box.width <= 400 && box.y + box.height <= 300));
    REQUIRE((aspect > 0.74 && aspect < 1.35));
    smallest = std::min(smallest, area);
    largest = std::max(largest, area);
    area_sum += area;
  }
  CHECK(smallest == Approx(0.08).margin(0.005));
  CHECK(largest > 0.97);
  CHECK(area_sum / draws == Approx(0.433).margin(0.015));  // torchvision's algorithm, 200,000 draws in Python
}

TEST_CASE("Where no crop fits, the central part of the nearest aspect is taken", "[data]") {
  RandomStream random = stream(0);
  CHECK(random_crop_box(1000, 30, 0.9, random) == Box{480, 0, 40, 30});
  CHECK(random_crop_box(30, 1000, 0.9, random) == Box{0, 480, 30, 40});
}

TEST_CASE("Evaluation resizes the shorter side to int(size / ratio) and crops the center", "[data]") {
  const RecipeOptions recipe;
  const auto kind = recipe.interpolation;
  CHECK(eval_transform(ramp(300, 400), 224, recipe) ==
        crop(resize(ramp(300, 400), 256, 341, kind), {16, 58, 224, 224}));
  CHECK(eval_transform(ramp(90, 50), 40, recipe) == crop(resize(ramp(90, 50), 81, 45, kind), {20, 2, 40, 40}));
}

TEST_CASE("The original recipe resizes bilinearly, in training and in evaluation", "[data]") {
  RecipeOptions recipe = config::read_recipe("original", {});
  recipe.flip_probability = 0;
  const auto kind = config::Interpolation::bilinear;
  CHECK(eval_transform(ramp(300, 400), 224, recipe) ==
        crop(resize(ramp(300, 400), 256, 341, kind), {16, 58, 224, 224}));
  RandomStream whole = stream(3), steps = stream(3);
  const Box part = random_crop_box(300, 400, recipe.crop_area_min, steps);
  CHECK(train_transform(ramp(300, 400), 64, recipe, whole) == resize(crop(ramp(300, 400), part), 64, 64, kind));
}

TEST_CASE("At 384 and above evaluation warps to the square", "[data]") {
  const RecipeOptions recipe;
  CHECK(eval_transform(ramp(300, 200), 384, recipe) == resize(ramp(300, 200), 384, 384, recipe.interpolation));
}

TEST_CASE("Small images of the right size are evaluated as they are", "[data]") {
  CHECK(eval_transform(ramp(32, 32), 32, {}) == ramp(32, 32));
  CHECK_FALSE(eval_transform(ramp(40, 40), 40, {}) == ramp(40, 40));
}

TEST_CASE("Small images of the right size are padded with black and cropped in all 81 ways", "[data]") {
  const auto text = [](const Image& image) { return std::string(image.pixels.begin(), image.pixels.end()); };
  std::set<std::string> seen, possible;
  const Image image = ramp(32, 32);
  Image padded(40, 40, 3, 0);
  for (int y = 0; y < 32; ++y) std::copy_n(image.row(y), 3 * 32, padded.row(4 + y) + 3 * 4);
  CHECK(pad(image, 4) == padded);
  for (int y = 0; y < 9; ++y)
    for (int x = 0; x < 9; ++x) possible.insert(text(crop(padded, {x, y, 32, 32})));
  for (int i = 0; i < 1500; ++i) {
    RandomStream random = stream(i);
    seen.insert(text(train_transform(image, 32, no_color(), random)));
  }
  CHECK(seen == possible);
}

TEST_CASE("crop_area_min 1 trains on what evaluation sees", "[data]") {
  RecipeOptions recipe = no_color();
  recipe.crop_area_min = 1;
  RandomStream random = stream(0);
  CHECK(train_transform(ramp(100, 80), 48, recipe, random) == eval_transform(ramp(100, 80), 48, recipe));
}

TEST_CASE("A flip of probability 1 mirrors left and right", "[data]") {
  RecipeOptions recipe = no_color();
  recipe.crop_area_min = recipe.flip_probability = 1;
  RandomStream random = stream(0);
  const Image flipped = train_transform(ramp(100, 80), 48, recipe, random),
              plain = eval_transform(ramp(100, 80), 48, recipe);
  for (int c = 0; c < 3; ++c) CHECK(flipped.row(5)[3 * 2 + c] == plain.row(5)[3 * 45 + c]);
}

TEST_CASE("RandAugment of probability 0 leaves the image", "[data]") {
  RecipeOptions recipe;
  recipe.rand_augment_probability = 0;
  RandomStream random = stream(0);
  CHECK(rand_augment(ramp(9, 9), recipe, random) == ramp(9, 9));
}

TEST_CASE("Color jitter acts only where RandAugment is off", "[data]") {
  RecipeOptions recipe = no_color();
  recipe.crop_area_min = 1;
  recipe.color_jitter = 0.4;
  RandomStream random = stream(1);
  const Image plain = eval_transform(ramp(100, 80), 48, recipe);
  CHECK_FALSE(train_transform(ramp(100, 80), 48, recipe, random) == plain);
  recipe.rand_augment_operations = 2;
  recipe.rand_augment_probability = 0;
  CHECK(train_transform(ramp(100, 80), 48, recipe, random) == plain);
}

TEST_CASE("An erased box is smaller than the image, of the right area, with normal values", "[data]") {
  int erased = 0;
  double area = 0, sum = 0, squares = 0, count = 0;
  for (int i = 0; i < 2000; ++i) {
    RandomStream random = stream(i);
    std::vector<float> pixels(40 * 30 * 3, 100.0f);
    const Box box = erase_box(pixels.data(), 40, 30, 3, 0.25, random);
    int64_t outside = 0;
    for (const float value : pixels) {
      if (value == 100.0f) {
        ++outside;
        continue;
      }
      sum += value;
      squares += value * value;
      ++count;
    }
    REQUIRE(outside == static_cast<int64_t>(3) * (1200 - box.width * box.height));
    REQUIRE((box.width < 40 && box.height < 30));
    if (box.width == 0) continue;
    ++erased;
    area += box.width * box.height / 1200.0;
  }
  CHECK(erased == Approx(500).margin(80));
  CHECK(area / erased == Approx(0.17).margin(0.02));
  CHECK(sum / count == Approx(0).margin(0.02));
  CHECK(squares / count == Approx(1).margin(0.03));
}

TEST_CASE("Undoing the normalization gives every 8-bit value back and clips what lies outside", "[data]") {
  config::DataOptions data;
  for (const int channels : {1, 3}) {
    Image image(16, 16, channels);
    for (size_t i = 0; i < image.pixels.size(); ++i) image.pixels[i] = static_cast<uint8_t>(i);
    std::vector<float> pixels(image.pixels.size());
    normalize(image, data, pixels.data());
    CHECK(denormalize(pixels.data(), 16, channels, data) == image);
    std::fill(pixels.begin(), pixels.end(), -9.0F);
    pixels[0] = 9.0F;
    const Image clipped = denormalize(pixels.data(), 16, channels, data);
    CHECK(clipped.pixels[0] == 255);
    CHECK(clipped.pixels[1] == 0);
  }
}

TEST_CASE("What is asked for of an image decides its transform, and a box less does not", "[data]") {
  config::RecipeOptions recipe;
  recipe.flip_probability = 0;
  recipe.rand_augment_operations = 0;
  recipe.color_jitter = 0;
  for (const auto kind : {config::Interpolation::bicubic, config::Interpolation::bilinear}) {
    recipe.interpolation = kind;
    for (uint64_t i = 0; i < 60; ++i) {
      const Image image = ramp(20 + static_cast<int>(i * 37 % 150), 20 + static_cast<int>(i * 53 % 170));
      const int size = 16 + static_cast<int>(i % 3) * 31;
      RandomStream random(Purpose::augment, {i}), again(Purpose::augment, {i});
      for (const bool training : {true, false}) {
        const Framing framing = training ? train_framing(image.width, image.height, size, recipe, random)
                                         : eval_framing(image.width, image.height, size, recipe);
        const Box box = wanted_part(framing, kind, false).box;
        CHECK(frame({crop(image, box), box.x, box.y}, framing, kind) ==
              (training ? train_transform(image, size, recipe, again) : eval_transform(image, size, recipe)));
        if (box.width < 3) continue;
        CHECK_THROWS_AS(
            frame({crop(image, {box.x + 1, box.y, box.width - 1, box.height}), box.x + 1, box.y}, framing, kind),
            std::invalid_argument);
      }
    }
  }
}

TEST_CASE("A smaller image will do only where the part stays as large as what it becomes", "[data]") {
  const auto shrink_of = [](int width, int height, bool scaled) {
    const Framing framing{{5, 6, width, height}, 224, 112, {0, 0, 224, 112}};
    return wanted_part(framing, config::Interpolation::bicubic, scaled).shrink;
  };
  CHECK(shrink_of(1791, 2000, true) == 4);
  CHECK(shrink_of(1792, 896, true) == 8);
  CHECK(shrink_of(448, 224, true) == 2);
  CHECK(shrink_of(448, 223, true) == 1);
  CHECK(shrink_of(1792, 896, false) == 1);
}

TEST_CASE("A smaller image is framed where the larger one would be", "[data]") {
  const auto kind = config::Interpolation::bicubic;
  const Framing framing{{41, 24, 64, 80}, 16, 20, {0, 0, 16, 20}};
  const Image small = ramp(60, 60);
  for (const int shrink : {2, 4}) {
    const Box box = shrunk_around(framing.part, shrink);
    const Box part{(41 + shrink / 2) / shrink, 24 / shrink, (105 + shrink / 2) / shrink - (41 + shrink / 2) / shrink,
                   80 / shrink};
    CHECK(frame({crop(small, box), box.x, box.y, shrink}, framing, kind) ==
          resize(small, part, 16, 20, {0, 0, 16, 20}, kind));
  }
}

}  // namespace transforms_test
