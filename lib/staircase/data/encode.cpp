#include "staircase/data/encode.h"

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <stdexcept>
#include <vector>

namespace staircase::data {
namespace {

/// As OpenCV keeps pixels: gray, or blue, green, red.
cv::Mat to_matrix(const Image& image) {
  cv::Mat pixels(image.height, image.width, image.channels == 1 ? CV_8UC1 : CV_8UC3);
  for (int y = 0; y < image.height; ++y) std::copy_n(image.row(y), image.row_bytes(), pixels.ptr(y));
  if (image.channels == 3) cv::cvtColor(pixels, pixels, cv::COLOR_RGB2BGR);
  return pixels;
}

std::string encode(const Image& image, const char* extension, const char* format, const std::vector<int>& parameters) {
  std::vector<uint8_t> bytes;
  std::string fault;
  try {
    if (cv::imencode(extension, to_matrix(image), bytes, parameters)) return {bytes.begin(), bytes.end()};
  } catch (const cv::Exception& error) {
    fault = ": " + error.err;
  }
  throw std::runtime_error("an image of " + std::to_string(image.width) + "x" + std::to_string(image.height) +
                           " px cannot be written as " + format + fault);
}

}  // namespace

std::string encode_png(const Image& image) { return encode(image, ".png", "PNG", {}); }

std::string encode_jpeg(const Image& image, int quality) {
  return encode(image, ".jpg", "JPEG", {cv::IMWRITE_JPEG_QUALITY, quality});
}

}  // namespace staircase::data
