// JPEG files, whole and in part, against OpenCV's decoder and against each other.

#include <algorithm>
#include <optional>
#include <random>

#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>

#include "data/jpeg_files.h"
#include "staircase/data/decode.h"
#include "support/catch.h"

namespace jpeg_test {

using namespace staircase;
using namespace staircase::data;
using tests::JpegKind;

namespace {

std::optional<Image> decode(const std::string& bytes) {
  try {
    return decode_part(bytes, "x.jpg", whole_image).pixels;
  } catch (const BadImage&) {
    return std::nullopt;
  }
}

/// The box of the image alone.
std::optional<Image> decode_box(const std::string& bytes, const Box& box) {
  try {
    ImagePart part = decode_part(bytes, "x.jpg", [&](int, int) { return WantedPart{box}; });
    CHECK((part.x == box.x && part.y == box.y && part.shrink == 1));
    return std::move(part.pixels);
  } catch (const BadImage&) {
    return std::nullopt;
  }
}

std::optional<Image> decode_by_opencv(const std::string& bytes) {
  const cv::Mat encoded(1, static_cast<int>(bytes.size()), CV_8U, const_cast<char*>(bytes.data()));
  const cv::Mat bgr = cv::imdecode(encoded, cv::IMREAD_COLOR);
  if (bgr.empty()) return std::nullopt;
  Image image(bgr.cols, bgr.rows, 3);
  for (int y = 0; y < image.height; ++y)
    for (int x = 0; x < image.width; ++x)
      for (int c = 0; c < 3; ++c) image.row(y)[3 * x + c] = bgr.ptr(y)[3 * x + 2 - c];
  return image;
}

Image cut(const Image& image, const Box& box) {
  Image part(box.width, box.height, 3);
  for (int y = 0; y < box.height; ++y) std::copy_n(image.row(box.y + y) + 3 * box.x, part.row_bytes(), part.row(y));
  return part;
}

Box random_box(int width, int height, std::mt19937& random) {
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  Box box{below(width), below(height)};
  box.width = 1 + below(width - box.x);
  box.height = 1 + below(height - box.y);
  return box;
}

/// Parts of one JPEG against the whole of it; returns how many differ.
int count_wrong_parts(const std::string& jpeg, int boxes, std::mt19937& random) {
  const Image whole = decode(jpeg).value();
  int wrong = 0;
  for (int i = 0; i < boxes; ++i) {
    const Box box = random_box(whole.width, whole.height, random);
    wrong += decode_box(jpeg, box) == cut(whole, box) ? 0 : 1;
  }
  return wrong;
}

constexpr std::pair<int, int> sizes[] = {{1, 1}, {7, 5}, {16, 16}, {37, 61}, {64, 48}, {83, 99}, {129, 34}};

/// Two to all scans of a progressive JPEG, then its end.
std::string with_scans(const std::string& jpeg, int scans) {
  size_t at = 0;
  for (int i = 0; i <= scans && at != std::string::npos; ++i) at = jpeg.find("\xff\xda", at + 1);
  return at == std::string::npos ? jpeg : jpeg.substr(0, at) + "\xff\xd9";
}

}  // namespace

TEST_CASE("A JPEG has OpenCV's pixels, whatever its colors and chroma's resolution", "[data][reference]") {
  for (const JpegKind& kind : tests::jpeg_kinds())
    for (const auto& [width, height] : sizes) {
      INFO(kind.name << " " << width << "x" << height);
      const std::string jpeg = tests::make_jpeg(kind, width, height);
      CHECK(decode(jpeg).value() == decode_by_opencv(jpeg).value());
    }
}

TEST_CASE("A part of a JPEG has the whole image's pixels to the bit", "[data]") {
  std::mt19937 random(1);
  for (const JpegKind& kind : tests::jpeg_kinds())
    for (const auto& [width, height] : sizes) {
      INFO(kind.name << " " << width << "x" << height);
      CHECK(count_wrong_parts(tests::make_jpeg(kind, width, height), 40, random) == 0);
    }
}

TEST_CASE("A JPEG stands upright as OpenCV turns it, whole and in part", "[data][reference]") {
  std::mt19937 random(2);
  const JpegKind chroma_halved{"", JCS_YCbCr, 2, 2};
  for (int orientation = 0; orientation <= 9; ++orientation) {
    INFO("orientation " << orientation);
    const std::string jpeg = tests::with_orientation(tests::make_jpeg(chroma_halved, 41, 67), orientation);
    CHECK(decode(jpeg).value() == decode_by_opencv(jpeg).value());
    CHECK(count_wrong_parts(jpeg, 20, random) == 0);
  }
}

TEST_CASE("A progressive JPEG without its last scans is the same image in part and as OpenCV sees it",
          "[data][reference]") {
  std::mt19937 random(3);
  for (const JpegKind& kind : tests::jpeg_kinds()) {
    if (!kind.progressive) continue;
    const std::string jpeg = tests::make_jpeg(kind, 83, 67, 30);
    for (int scans = 1; scans <= 6; ++scans) {
      INFO(kind.name << ", " << scans << " scans");
      const std::string less = with_scans(jpeg, scans);
      CHECK(decode(less) == decode_by_opencv(less));
      CHECK(count_wrong_parts(less, 10, random) == 0);
    }
  }
}

TEST_CASE("A JPEG with damaged bytes is what OpenCV makes of it, and its parts are parts of that",
          "[data][reference]") {
  std::mt19937 random(4);
  int decoded = 0, refused = 0;
  for (const JpegKind& kind : tests::jpeg_kinds())
    for (int i = 0; i < 60; ++i) {
      std::string jpeg = tests::make_jpeg(kind, 83, 67);
      for (int k = 0; k < 1 + i % 3; ++k) jpeg[2 + random() % (jpeg.size() - 4)] = static_cast<char>(random());
      INFO(kind.name << ", damage " << i);
      const std::optional<Image> whole = decode(jpeg);
      const Box box = whole ? random_box(whole->width, whole->height, random) : Box{0, 0, 1, 1};
      const std::optional<Image> part = decode_box(jpeg, box);
      CHECK(part.has_value() == whole.has_value());
      if (whole && part) CHECK(*part == cut(*whole, box));
      if (whole) CHECK(whole == decode_by_opencv(jpeg));
      ++(whole ? decoded : refused);
    }
  CHECK(decoded > 300);
  CHECK(refused > 50);
}

TEST_CASE("A JPEG that may come smaller comes with its sides divided, and holds what was wanted", "[data]") {
  const std::string jpeg = tests::make_jpeg({"", JCS_YCbCr, 2, 2}, 83, 67);
  for (const int shrink : {2, 4, 8}) {
    const ImagePart whole = decode_part(jpeg, "x.jpg", [&](int w, int h) { return WantedPart{{0, 0, w, h}, shrink}; });
    CHECK(whole.pixels.width == (83 + shrink - 1) / shrink);
    CHECK(whole.pixels.height == (67 + shrink - 1) / shrink);
    const ImagePart part = decode_part(jpeg, "x.jpg", [&](int, int) { return WantedPart{{19, 9, 41, 50}, shrink}; });
    CHECK(part.pixels == cut(whole.pixels, shrunk_around({19, 9, 41, 50}, shrink)));
  }
}

}  // namespace jpeg_test
