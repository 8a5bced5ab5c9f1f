#include "staircase/data/decode.h"

#include <opencv2/imgcodecs.hpp>

#include "staircase/base/errors.h"
#include "staircase/base/files.h"
#include "staircase/data/image_file.h"
#include "staircase/data/vectorize.h"

namespace staircase::data {
namespace {

constexpr int64_t most_pixels = 100'000'000, longest_side = 65'535;

[[noreturn]] void fail(const std::filesystem::path& path, const std::string& fault) {
  throw BadImage(path.string() + ": " + fault);
}

std::string read_bytes(const std::filesystem::path& path) {
  try {
    return read_file(path);
  } catch (const RequestError& error) {
    throw BadImage(error.what());  // the message names the path
  }
}

STAIRCASE_VECTORIZED void swap_red_and_blue(const uint8_t* bgr, int width, uint8_t* rgb) {
  for (int x = 0; x < width; ++x) {
    rgb[3 * x] = bgr[3 * x + 2];
    rgb[3 * x + 1] = bgr[3 * x + 1];
    rgb[3 * x + 2] = bgr[3 * x];
  }
}

}  // namespace

Image decode_image(const std::filesystem::path& path) {
  std::string bytes = read_bytes(path);
  const ImageFileCheck check = check_image_file(bytes);
  if (!check.fault.empty()) fail(path, check.fault);
  if (check.width > longest_side || check.height > longest_side || check.width * check.height > most_pixels)
    fail(path, "declares " + std::to_string(check.width) + "x" + std::to_string(check.height) +
                   " pixels, more than 100 million or 65535 along a side");
  cv::Mat decoded;
  try {
    const cv::Mat encoded(1, static_cast<int>(bytes.size()), CV_8U, bytes.data());
    decoded = cv::imdecode(encoded, cv::IMREAD_COLOR);
  } catch (const cv::Exception& error) { fail(path, "cannot be decoded: " + error.err); }
  if (decoded.empty() || decoded.type() != CV_8UC3) fail(path, "is damaged: it cannot be decoded");
  Image image(decoded.cols, decoded.rows, 3);
  for (int y = 0; y < image.height; ++y) swap_red_and_blue(decoded.ptr(y), image.width, image.row(y));
  return image;
}

}  // namespace staircase::data
