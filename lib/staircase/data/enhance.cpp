// Operations that mix an image with a poorer version of itself.

#include <algorithm>

#include "staircase/data/operations.h"
#include "staircase/data/vectorize.h"

namespace staircase::data {
namespace {

/// Luma of ITU-R BT.601 in 16-bit fixed point, as Pillow's convert("L").
inline uint8_t gray_of(const uint8_t* rgb) {
  return static_cast<uint8_t>((rgb[0] * 19595 + rgb[1] * 38470 + rgb[2] * 7471 + 0x8000) >> 16);
}

/// poorer + factor * (image - poorer) into `image`, in single precision as Pillow does it.
STAIRCASE_VECTORIZED void blend_into(uint8_t* image, const uint8_t* poorer, size_t size, float factor) {
  for (size_t i = 0; i < size; ++i) {
    const float mixed = static_cast<float>(poorer[i]) + factor * static_cast<float>(image[i] - poorer[i]);
    image[i] = static_cast<uint8_t>(static_cast<int>(std::min(std::max(mixed, 0.0f), 255.0f)));
  }
}

Image blend(Image image, const Image& poorer, double factor) {
  blend_into(image.pixels.data(), poorer.pixels.data(), image.pixels.size(), static_cast<float>(factor));
  return image;
}

int64_t gray_sum(const Image& image) {
  int64_t sum = 0;
  const size_t step = image.channels;
  for (size_t i = 0; i < image.pixels.size(); i += step) sum += step == 3 ? gray_of(&image.pixels[i]) : image.pixels[i];
  return sum;
}

STAIRCASE_VECTORIZED void smooth_row(const uint8_t* above, const uint8_t* row, const uint8_t* below, size_t first,
                                     size_t end, size_t step, uint8_t* out) {
  for (size_t i = first; i < end; ++i) {
    const int sum = above[i - step] + above[i] + above[i + step] + row[i - step] + 5 * row[i] + row[i + step] +
                    below[i - step] + below[i] + below[i + step];
    out[i] = static_cast<uint8_t>((2 * sum + 13) / 26);
  }
}

Image smoothed(const Image& image) {
  Image out = image;
  const size_t step = image.channels;
  for (int y = 1; y + 1 < image.height; ++y)
    if (image.width > 2)
      smooth_row(image.row(y - 1), image.row(y), image.row(y + 1), step, image.row_bytes() - step, step, out.row(y));
  return out;
}

}  // namespace

Image adjust_color(Image image, double factor) {
  if (image.channels != 3) return image;
  Image gray = image;
  for (size_t i = 0; i < gray.pixels.size(); i += 3) std::fill_n(&gray.pixels[i], 3, gray_of(&gray.pixels[i]));
  return blend(std::move(image), gray, factor);
}

Image adjust_contrast(Image image, double factor) {
  const double pixels = static_cast<double>(image.width) * image.height;
  const auto mean = static_cast<uint8_t>(static_cast<double>(gray_sum(image)) / pixels + 0.5);
  const Image flat(image.width, image.height, image.channels, mean);
  return blend(std::move(image), flat, factor);
}

Image adjust_brightness(Image image, double factor) {
  const Image black(image.width, image.height, image.channels, 0);
  return blend(std::move(image), black, factor);
}

Image adjust_sharpness(Image image, double factor) {
  const Image smooth = smoothed(image);
  return blend(std::move(image), smooth, factor);
}

}  // namespace staircase::data
