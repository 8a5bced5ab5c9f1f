// Operations, resizing and decoding against values that Pillow gave (tests/reference).

#include <functional>

#include "staircase/config/json.h"
#include "staircase/data/decode.h"
#include "staircase/data/resize.h"
#include "support/catch.h"
#include "support/kernels.h"
#include "support/operations.h"
#include "support/reference.h"

namespace pillow_test {

using namespace staircase;
using namespace staircase::data;
using config::Json;
using tests::largest_difference;

namespace {

const Json& reference() {
  static const Json json = config::read_json_file(tests::reference_file("pillow.json"));
  return json;
}

std::vector<uint8_t> from_hex(const std::string& text) {
  std::vector<uint8_t> bytes;
  for (size_t i = 0; i + 1 < text.size(); i += 2)
    bytes.push_back(static_cast<uint8_t>(std::stoi(text.substr(i, 2), nullptr, 16)));
  return bytes;
}

Image to_image(const Json& entry, int channels) {
  Image image(entry.at("width").get<int>(), entry.at("height").get<int>(), channels);
  image.pixels = from_hex(entry.at("pixels").get<std::string>());
  return image;
}

/// Runs every stored case of one operation; returns how many there were.
int compare_cases(const std::string& operation, const std::function<Image(const Image&, const Json&)>& apply) {
  int cases = 0;
  for (const Json& entry : reference().at("cases")) {
    if (entry.at("operation") != operation) continue;
    const Json& source = reference().at("images").at(entry.at("image").get<std::string>());
    const int channels = source.at("channels").get<int>();
    INFO(operation << " of " << entry.at("image") << " at " << entry.at("value") << " to " << entry.at("width"));
    CHECK(largest_difference(apply(to_image(source, channels), entry), to_image(entry, channels)) == 0);
    ++cases;
  }
  return cases;
}

}  // namespace

TEST_CASE("Every operation equals Pillow's on color and gray images", "[data][reference]") {
  for (const auto& [name, apply] : tests::operations()) {
    INFO(name);
    CHECK(compare_cases(name, [&apply = apply](const Image& image, const Json& entry) {
            return apply(image, entry.at("value").get<double>());
          }) >= 3);
  }
}

TEST_CASE("Resizing equals Pillow's, smaller, larger and along one side", "[data][reference]") {
  tests::for_every_instruction_set([] {
    for (const auto kind : {config::Interpolation::bicubic, config::Interpolation::bilinear})
      CHECK(compare_cases("resize_" + std::string(config::to_name(kind)), [&](const Image& image, const Json& entry) {
              return resize(image, entry.at("width").get<int>(), entry.at("height").get<int>(), kind);
            }) == 15);
  });
}

TEST_CASE("A window of a resized part equals cropping before and after", "[data]") {
  const Image image = to_image(reference().at("images").at("rgb"), 3);
  const Box part{3, 2, 13, 11}, window{2, 1, 4, 5};
  for (const auto& [width, height] : {std::pair{8, 7}, {13, 7}, {8, 11}, {13, 11}, {30, 29}}) {
    const auto kind = config::Interpolation::bicubic;
    CHECK(resize(image, part, width, height, window, kind) ==
          crop(resize(crop(image, part), width, height, kind), window));
  }
  CHECK_THROWS_AS(resize(image, Box{3, 2, 17, 11}, 8, 7, {2, 1, 6, 5}, config::Interpolation::bicubic),
                  std::invalid_argument);
  CHECK_THROWS_AS(crop(image, Box{-1, 0, 5, 5}), std::invalid_argument);
}

TEST_CASE("Mirroring turns every row around, in color and in gray, of any width", "[data]") {
  for (const int channels : {1, 3})
    for (const int width : {1, 2, 3, 4, 17}) {
      Image image(width, 2, channels), mirrored = image;
      for (int y = 0; y < 2; ++y)
        for (int x = 0; x < width; ++x)
          for (int c = 0; c < channels; ++c)
            image.row(y)[x * channels + c] = mirrored.row(y)[(width - 1 - x) * channels + c] =
                static_cast<uint8_t>(50 * c + 2 * x + y);
      INFO(channels << " channels, " << width << " wide");
      CHECK(flip_horizontal(image) == mirrored);
    }
}

TEST_CASE("Decoded files look as Pillow's, whatever their colors, depth and orientation", "[data][reference]") {
  const Json& files = reference().at("files");
  CHECK(files.size() == 43);
  for (const auto& [name, entry] : files.items()) {
    INFO(name);
    const Image decoded = decode_image(tests::reference_file("images/" + name));
    // Decoders of what is compressed with losses may round differently; the others have one right answer.
    // libtiff rounds 16 bits where we cut them.
    const int allowed = name.ends_with(".jpg") || name == "lossy.webp" ? 2 : name == "sixteen_bit.tiff" ? 1 : 0;
    CHECK(largest_difference(decoded, to_image(entry, 3)) <= allowed);
  }
}

}  // namespace pillow_test
