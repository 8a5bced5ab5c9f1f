// JPEG files that come at a half, a quarter or an eighth of their size.

#include <cmath>

#include "data/fake_dataset.h"
#include "data/jpeg_files.h"
#include "staircase/data/decode.h"
#include "staircase/data/resize.h"
#include "staircase/data/sample_reader.h"
#include "support/catch.h"

namespace scaled_test {

using namespace staircase;
using namespace staircase::data;
using tests::JpegKind;

namespace {

const JpegKind full_chroma{"", JCS_YCbCr, 1, 1};

ImagePart decode_whole(const std::string& jpeg, int shrink) {
  return decode_part(jpeg, "x.jpg", [&](int w, int h) { return WantedPart{{0, 0, w, h}, shrink}; });
}

/// How far the pixels of a smaller image are, on average, from the means of those that they stand for.
double distance_from_means(const ImagePart& small, const Image& whole) {
  double distance = 0, count = 0;
  const int shrink = small.shrink;
  for (int y = 0; y < whole.height / shrink; ++y)
    for (int x = 0; x < whole.width / shrink; ++x)
      for (int c = 0; c < 3; ++c, ++count) {
        double mean = 0;
        for (int i = 0; i < shrink * shrink; ++i)
          mean += whole.row(y * shrink + i / shrink)[3 * (x * shrink + i % shrink) + c] / double(shrink * shrink);
        distance += std::abs(small.pixels.row(y)[3 * x + c] - mean);
      }
  return distance / count;
}

/// One JPEG.
class OneJpeg : public tests::FakeDataset {
 public:
  explicit OneJpeg(std::string bytes) : FakeDataset(1, 8), bytes_(std::move(bytes)) {}
  ImagePart part(size_t, const ChoosePart& choose) const override { return decode_part(bytes_, "x.jpg", choose); }

 private:
  std::string bytes_;
};

std::vector<float> sample_of(const std::string& jpeg, config::Decode decode, LoaderMode mode) {
  config::DataOptions data = tests::sized(32);
  data.decode = decode;
  config::RecipeOptions recipe = tests::plain_recipe();
  recipe.crop_area_min = 0.9;
  SampleReader reader(std::make_shared<OneJpeg>(jpeg), data, recipe, mode, 0, 3);
  std::vector<float> sample(reader.sample_size());
  reader.read(0, 0, 0, sample.data());
  return sample;
}

}  // namespace

TEST_CASE("The pixels of a smaller JPEG begin at the corner of the upright image, however it is stored", "[data]") {
  for (int orientation = 1; orientation <= 8; ++orientation)
    for (const auto& [width, height] : {std::pair{96, 64}, {83, 67}, {88, 71}, {97, 8}}) {
      INFO("orientation " << orientation << ", stored " << width << "x" << height);
      const std::string jpeg = tests::with_orientation(tests::make_jpeg(full_chroma, width, height), orientation);
      const ImagePart small = decode_whole(jpeg, 8);
      CHECK(distance_from_means(small, decode_whole(jpeg, 1).pixels) < 2);
      if (orientation == 1 || (width % 8 == 0 && height % 8 == 0)) CHECK(small.shrink == 8);
    }
}

TEST_CASE("With /data/decode scaled a sample comes from the smaller JPEG", "[data]") {
  // To 54 x 36 for a ratio of .875, for which a quarter of 300 x 200 is enough and an eighth is not.
  const std::string jpeg = tests::make_jpeg(full_chroma, 300, 200);
  const Image quarter = decode_whole(jpeg, 4).pixels;
  REQUIRE((quarter.width == 75 && quarter.height == 50));
  const Image framed = resize(quarter, {0, 0, 75, 50}, 54, 36, {11, 2, 32, 32}, config::RecipeOptions{}.interpolation);
  std::vector<float> expected(framed.pixels.size());
  normalize(framed, {}, expected.data());
  using config::Decode;
  CHECK(sample_of(jpeg, Decode::scaled, LoaderMode::eval) == expected);
  CHECK_FALSE(sample_of(jpeg, Decode::full, LoaderMode::eval) == expected);
  CHECK_FALSE(sample_of(jpeg, Decode::scaled, LoaderMode::train) == sample_of(jpeg, Decode::full, LoaderMode::train));
}

}  // namespace scaled_test
