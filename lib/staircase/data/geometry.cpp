// Operations that move pixels: affine maps with bicubic interpolation.

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <numbers>

#include "staircase/data/operations.h"
#include "staircase/data/vectorize.h"

namespace staircase::data {
namespace {

constexpr std::array<uint8_t, 3> fill_color{124, 116, 104};
constexpr uint8_t fill_gray = 117;

/// (x_in, y_in) = (a x + b y + c, d x + e y + f), of pixel centers.
using Matrix = std::array<double, 6>;

using Quad = float __attribute__((vector_size(16)));
using Vec4 = double __attribute__((vector_size(32)));
using Whole4 = int32_t __attribute__((vector_size(16)));
struct Pixel {
  Quad channels;
};

/// The image as floats with its outermost pixels repeated `border` times, so that no tap is outside.
struct Padded {
  static constexpr int border = 2;
  int stride = 0;
  std::unique_ptr<Pixel[]> pixels;
  const Pixel* at(int x, int y) const { return pixels.get() + static_cast<size_t>(y + border) * stride + x + border; }
};

inline void widen_pixel(const uint8_t* p, int channels, Pixel& to) {
  if (channels == 3) to.channels = Quad{float(p[0]), float(p[1]), float(p[2]), 0.0f};
  else to.channels = Quad{float(p[0]), 0.0f, 0.0f, 0.0f};
}

STAIRCASE_VECTORIZED void widen_row(const uint8_t* row, int width, int channels, Pixel* to) {
  constexpr int border = Padded::border;
  for (int x = 0; x < width; ++x) widen_pixel(row + x * channels, channels, to[border + x]);
  for (int x = 0; x < border; ++x) {
    to[x] = to[border];
    to[border + width + x] = to[border + width - 1];
  }
}

Padded padded(const Image& image) {
  Padded out;
  out.stride = image.width + 2 * Padded::border;
  const int rows = image.height + 2 * Padded::border;
  out.pixels = std::make_unique_for_overwrite<Pixel[]>(static_cast<size_t>(out.stride) * rows);
  for (int y = 0; y < rows; ++y)
    widen_row(image.row(std::clamp(y - Padded::border, 0, image.height - 1)), image.width, image.channels,
              out.pixels.get() + static_cast<size_t>(y) * out.stride);
  return out;
}

#define STAIRCASE_CUBIC(v1, v2, v3, v4, d) \
  ((v2) + (d) * (((v3) - (v1)) + (d) * ((2.0 * ((v1) - (v2)) + (v3) - (v4)) + (d) * ((v2) - (v1) - (v3) + (v4)))))
#define STAIRCASE_WIDE(p) __builtin_convertvector((p)->channels, Vec4)
#define STAIRCASE_CUBIC_ROW(p, d) \
  STAIRCASE_CUBIC(STAIRCASE_WIDE(p), STAIRCASE_WIDE((p) + 1), STAIRCASE_WIDE((p) + 2), STAIRCASE_WIDE((p) + 3), d)

/// One row of output, pixel centers (x + .5, y + .5) mapped by `m`. Pixels from outside are left.
STAIRCASE_VECTORIZED void transform_row(const Padded& in, int width, int height, const Matrix& m, int y, int channels,
                                        uint8_t* out) {
  const double row_x = m[1] * (y + 0.5), row_y = m[4] * (y + 0.5);
  for (int x = 0; x < width; ++x) {
    double x_in = m[0] * (x + 0.5) + row_x + m[2], y_in = m[3] * (x + 0.5) + row_y + m[5];
    if (x_in < 0.0 || x_in >= width || y_in < 0.0 || y_in >= height) continue;
    x_in -= 0.5;
    y_in -= 0.5;
    const int left = static_cast<int>(std::floor(x_in)), top = static_cast<int>(std::floor(y_in));
    const double dx = x_in - left, dy = y_in - top;
    const Pixel* p = in.at(left - 1, top - 1);
    Vec4 value;
    if (dy == 0.0) {
      value = STAIRCASE_CUBIC_ROW(p + in.stride, dx);
    } else {
      const Vec4 r1 = STAIRCASE_CUBIC_ROW(p, dx), r2 = STAIRCASE_CUBIC_ROW(p + in.stride, dx),
                 r3 = STAIRCASE_CUBIC_ROW(p + 2 * in.stride, dx), r4 = STAIRCASE_CUBIC_ROW(p + 3 * in.stride, dx);
      value = STAIRCASE_CUBIC(r1, r2, r3, r4, dy);
    }
    value = value < 0.0 ? Vec4{} : value;
    value = value > 255.0 ? Vec4{} + 255.0 : value;
    const Whole4 whole = __builtin_convertvector(value, Whole4);
    for (int c = 0; c < channels; ++c) out[x * channels + c] = static_cast<uint8_t>(whole[c]);
  }
}

#undef STAIRCASE_CUBIC_ROW
#undef STAIRCASE_CUBIC
#undef STAIRCASE_WIDE

Image transform(const Image& image, const Matrix& matrix) {
  const Padded in = padded(image);
  Image out(image.width, image.height, image.channels, fill_gray);
  if (image.channels == 3)
    for (size_t i = 0; i < out.pixels.size(); i += 3) std::copy_n(fill_color.data(), 3, &out.pixels[i]);
  for (int y = 0; y < image.height; ++y)
    transform_row(in, image.width, image.height, matrix, y, image.channels, out.row(y));
  return out;
}

double round_15_digits(double value) { return std::nearbyint(value * 1e15) / 1e15; }

/// Quarter turns are exact; `quarters` counts them counter-clockwise.
Image turn(const Image& image, int quarters) {
  Image out(image.width, image.height, image.channels);
  const int w = image.width, h = image.height;
  for (int y = 0; y < h; ++y)
    for (int x = 0; x < w; ++x) {
      const int from_x = quarters == 1 ? w - 1 - y : quarters == 2 ? w - 1 - x : y;
      const int from_y = quarters == 1 ? x : quarters == 2 ? h - 1 - y : h - 1 - x;
      std::copy_n(image.row(from_y) + from_x * image.channels, image.channels, out.row(y) + x * image.channels);
    }
  return out;
}

}  // namespace

Image rotate(const Image& image, double degrees) {
  double angle = std::fmod(degrees, 360.0);
  if (angle < 0) angle += 360.0;
  if (angle == 0.0) return image;
  if (angle == 180.0) return turn(image, 2);
  if (image.width == image.height && (angle == 90.0 || angle == 270.0)) return turn(image, angle == 90.0 ? 1 : 3);
  const double radians = -angle * (std::numbers::pi / 180.0);
  const double c = round_15_digits(std::cos(radians)), s = round_15_digits(std::sin(radians));
  const double x = image.width / 2.0, y = image.height / 2.0;
  return transform(image, {c, s, c * -x + s * -y + x, -s, c, -s * -x + c * -y + y});
}

Image shear_x(const Image& image, double factor) { return transform(image, {1, factor, 0, 0, 1, 0}); }

Image shear_y(const Image& image, double factor) { return transform(image, {1, 0, 0, factor, 1, 0}); }

Image translate_x(const Image& image, double share) { return transform(image, {1, 0, share * image.width, 0, 1, 0}); }

Image translate_y(const Image& image, double share) { return transform(image, {1, 0, 0, 0, 1, share * image.height}); }

}  // namespace staircase::data
