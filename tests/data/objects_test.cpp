#include "staircase/data/objects.h"

#include <array>
#include <cmath>
#include <set>

#include "staircase/base/random.h"
#include "staircase/base/text.h"
#include "support/catch.h"

namespace objects_test {

using namespace staircase;
using namespace staircase::data;

namespace {

std::string_view bytes(const Image& image) {
  return {reinterpret_cast<const char*>(image.pixels.data()), image.pixels.size()};
}

/// Of one image of each class.
std::string stamp(int size_px, ObjectsSplit split) {
  uint64_t all = 0;
  for (int64_t label = 0; label < 10; ++label)
    all = mix64(all ^ hash_text(bytes(draw_object(size_px, label, 3, split, static_cast<uint64_t>(label)))));
  return hexadecimal(all, 16);
}

config::DataOptions options(int64_t size_px, int64_t images) {
  config::DataOptions data;
  data.kind = config::DataKind::objects;
  data.image_size_px = size_px;
  data.train_images = data.val_images = images;
  return data;
}

}  // namespace

TEST_CASE("An object is a function of size, label, seed, split and index", "[data]") {
  const Image image = draw_object(32, 3, 1, ObjectsSplit::train, 7);
  CHECK(draw_object(32, 3, 1, ObjectsSplit::train, 7) == image);
  CHECK_FALSE(draw_object(32, 4, 1, ObjectsSplit::train, 7) == image);
  CHECK_FALSE(draw_object(32, 3, 2, ObjectsSplit::train, 7) == image);
  CHECK_FALSE(draw_object(32, 3, 1, ObjectsSplit::val, 7) == image);
  CHECK_FALSE(draw_object(32, 3, 1, ObjectsSplit::train, 8) == image);
}

TEST_CASE("Objects are the same on every machine, to the bit", "[data]") {
  // Equal for GCC and Clang, at -O0 and at -O3 -march=native -ffp-contract=off.
  CHECK(stamp(32, ObjectsSplit::train) == "b88929ecba9f5850");
  CHECK(stamp(57, ObjectsSplit::val) == "07320abc13226693");
}

TEST_CASE("Objects come in every size with balanced, named classes", "[data]") {
  for (const int64_t size : {16, 45, 256}) {
    const DataSource source = open_objects(options(size, 30));
    CHECK(source.class_names.size() == 10);
    CHECK(source.class_names.at(2) == "house");
    CHECK(source.channels == 3);
    CHECK(source.train->size() == 30);
    CHECK(source.val->size() == 30);
    CHECK(source.test == nullptr);
    const Image image = source.train->image(3);
    CHECK(image.width == size);
    CHECK(image.height == size);
    std::array<int, 10> counts{};
    for (size_t i = 0; i < 30; ++i) ++counts[static_cast<size_t>(source.train->label(i))];
    CHECK(counts == std::array<int, 10>{3, 3, 3, 3, 3, 3, 3, 3, 3, 3});
    CHECK(source.val->name(4) == "objects val 4");
  }
}

TEST_CASE("No image of the objects is in both splits, or twice in one", "[data]") {
  const DataSource source = open_objects(options(32, 200));
  std::set<std::string> seen;
  for (const auto* split : {source.train.get(), source.val.get()})
    for (size_t i = 0; i < split->size(); ++i) seen.emplace(bytes(split->image(i)));
  CHECK(seen.size() == 400);
}

TEST_CASE("An object of another size is the same picture", "[data]") {
  // The mean over blocks of four by four pixels of a large image is about the small one, but for noise and soft edges.
  double difference = 0;
  for (uint64_t index = 0; index < 20; ++index) {
    const auto label = static_cast<int64_t>(index % 10);
    const Image small = draw_object(32, label, 0, ObjectsSplit::val, index);
    const Image large = draw_object(128, label, 0, ObjectsSplit::val, index);
    for (int y = 0; y < 32; ++y)
      for (int at = 0; at < 96; ++at) {
        int sum = 0;
        for (int dy = 0; dy < 4; ++dy)
          for (int dx = 0; dx < 4; ++dx) sum += large.row(4 * y + dy)[3 * (4 * (at / 3) + dx) + at % 3];
        difference += std::abs(sum / 16.0 - small.row(y)[at]) / (20 * 32 * 96);
      }
  }
  CHECK(difference < 8.0);
}

}  // namespace objects_test
