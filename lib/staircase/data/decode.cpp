#include "staircase/data/decode.h"

#include <new>

#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>

#include "staircase/data/bmp_webp_files.h"
#include "staircase/data/image_file.h"
#include "staircase/data/jpeg_file.h"
#include "staircase/data/orientation.h"
#include "staircase/data/tiff_file.h"
#include "staircase/data/vectorize.h"

namespace staircase::data {
namespace {

constexpr int64_t most_pixels = 100'000'000, longest_side = 65'535;

[[noreturn]] void fail(const std::string& name, const std::string& fault) { throw BadImage(name + ": " + fault); }

/// Decoders answer a lack of memory as they answer a damaged file. Where what they need cannot be had, the file is
/// not to blame. Throws std::bad_alloc.
void blame_memory_first(const ImageFileCheck& check) {
  const auto pixels = static_cast<size_t>(check.width * check.height);
  const size_t bytes_a_pixel = 3 + 6;  // the image, and the coefficients of a progressive JPEG
  const size_t of_decoder = size_t{1} << 20;
  ::operator delete(::operator new(bytes_a_pixel* pixels + of_decoder));  // not an expression that may be left out
}

STAIRCASE_VECTORIZED void swap_red_and_blue(const uint8_t* bgr, int width, uint8_t* rgb) {
  for (int x = 0; x < width; ++x) {
    rgb[3 * x] = bgr[3 * x + 2];
    rgb[3 * x + 1] = bgr[3 * x + 1];
    rgb[3 * x + 2] = bgr[3 * x];
  }
}

/// What OpenCV makes of the bytes; empty: nothing. It turns PNG and TIFF as they say.
Image decode_by_opencv(std::string& bytes) {
  if (is_tiff(bytes)) keep_colors_of_tiff(bytes);
  const cv::Mat encoded(1, static_cast<int>(bytes.size()), CV_8U, bytes.data());
  const cv::Mat decoded = cv::imdecode(encoded, cv::IMREAD_COLOR);
  if (decoded.empty() || decoded.type() != CV_8UC3) throw Undecodable{};
  Image image(decoded.cols, decoded.rows, 3);
  for (int y = 0; y < image.height; ++y) swap_red_and_blue(decoded.ptr(y), image.width, image.row(y));
  return image;
}

ImagePart decode_checked(std::string& bytes, const ChoosePart& choose) {
  if (is_jpeg(bytes)) return decode_jpeg(bytes, choose);
  Image image = decode_by_opencv(bytes);
  if (is_webp(bytes)) image = turn_upright(std::move(image), orientation_of_tiff(exif_of_webp(bytes)));
  choose(image.width, image.height);
  return {std::move(image)};
}

}  // namespace

ImagePart decode_part(std::string bytes, const std::string& name, const ChoosePart& choose) {
  const ImageFileCheck check = check_image_file(bytes);
  if (!check.fault.empty()) fail(name, check.fault);
  if (check.width > longest_side || check.height > longest_side || check.width * check.height > most_pixels)
    fail(name, "declares " + std::to_string(check.width) + "x" + std::to_string(check.height) +
                   " pixels, more than 100 million or 65535 along a side");
  try {
    return decode_checked(bytes, choose);
  } catch (const Undecodable&) {
    blame_memory_first(check);
    fail(name, "is damaged: it cannot be decoded");
  } catch (const cv::Exception& error) {
    if (error.code == cv::Error::StsNoMem) throw std::bad_alloc();
    blame_memory_first(check);
    fail(name, "cannot be decoded: " + error.err);
  }
}

ImagePart decode_part(const std::filesystem::path& path, const ChoosePart& choose, const Pauses& pauses) {
  return decode_part(read_patiently(path, pauses), path.string(), choose);
}

Image decode_image(const std::filesystem::path& path, const Pauses& pauses) {
  return decode_part(path, whole_image, pauses).pixels;
}

}  // namespace staircase::data
