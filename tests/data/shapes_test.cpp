#include "staircase/data/shapes.h"

#include <array>
#include <cmath>

#include "support/catch.h"

namespace shapes_test {

using namespace staircase::data;

namespace {
double mean_of(const Image& image) {
  double sum = 0;
  for (const uint8_t value : image.pixels) sum += value;
  return sum / static_cast<double>(image.pixels.size());
}
}  // namespace

TEST_CASE("A shape is a function of seed, split, index and label", "[data]") {
  const auto draw = [](uint64_t seed, ShapesSplit split, uint64_t index) {
    return draw_shape(32, 3, seed, split, index);
  };
  const Image image = draw(1, ShapesSplit::train, 7);
  CHECK(draw(1, ShapesSplit::train, 7) == image);
  CHECK_FALSE(draw(2, ShapesSplit::train, 7) == image);
  CHECK_FALSE(draw(1, ShapesSplit::val, 7) == image);
  CHECK_FALSE(draw(1, ShapesSplit::train, 8) == image);
  CHECK_FALSE(draw_shape(32, 4, 1, ShapesSplit::train, 7) == image);
}

TEST_CASE("Shapes come in any size with balanced, named classes", "[data]") {
  staircase::config::DataOptions options;
  options.image_size_px = 45;
  options.train_images = 30;
  options.val_images = 20;
  const DataSource source = open_shapes(options);
  CHECK(source.class_names.size() == 10);
  CHECK(source.channels == 3);
  CHECK(source.train->size() == 30);
  CHECK(source.val->size() == 20);
  CHECK(source.test == nullptr);
  CHECK(source.train->image(3).width == 45);
  CHECK(source.train->image(3).pixels.size() == 45 * 45 * 3);
  std::array<int, 10> counts{};
  for (size_t i = 0; i < 30; ++i) ++counts[source.train->label(i)];
  CHECK(counts == std::array<int, 10>{3, 3, 3, 3, 3, 3, 3, 3, 3, 3});
  CHECK(source.val->name(4) == "shapes val 4");
}

TEST_CASE("Brightness does not tell the classes apart", "[data]") {
  constexpr int images = 800;
  std::array<double, 10> sum{}, squares{};
  for (int label = 0; label < 10; ++label)
    for (int i = 0; i < images; ++i) {
      const double mean = mean_of(draw_shape(16, label, 5, ShapesSplit::train, label * images + i));
      sum[label] += mean / images;
      squares[label] += mean * mean / images;
    }
  for (int label = 1; label < 10; ++label) {
    const double error = std::sqrt((squares[label] - sum[label] * sum[label]) * 2 / images);
    CHECK(std::abs(sum[label] - sum[0]) < 4 * error);
  }
}

}  // namespace shapes_test
