#include "staircase/data/resize.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <string>

#include "staircase/data/vectorize.h"

namespace staircase::data {
namespace {

constexpr int precision_bits = 32 - 8 - 2;
constexpr int32_t half = 1 << (precision_bits - 1);

double bicubic(double x) {
  constexpr double a = -0.5;
  x = std::abs(x);
  if (x < 1.0) return ((a + 2.0) * x - (a + 3.0)) * x * x + 1.0;
  if (x < 2.0) return (((x - 5.0) * x + 8.0) * x - 4.0) * a;
  return 0.0;
}

double bilinear(double x) { return std::max(0.0, 1.0 - std::abs(x)); }

/// How one side is filtered: every output pixel takes from input pixels around its own place.
struct Filter {
  int in_size;
  bool cubic;
  double scale, filter_scale, support;

  Filter(int in, int out, config::Interpolation interpolation)
      : in_size(in),
        cubic(interpolation == config::Interpolation::bicubic),
        scale(static_cast<double>(in) / out),
        filter_scale(std::max(scale, 1.0)),
        support((cubic ? 2.0 : 1.0) * filter_scale) {}

  double center(int i) const { return (i + 0.5) * scale; }
  int first(int i) const { return std::max(0, static_cast<int>(center(i) - support + 0.5)); }
  int end(int i) const { return std::min(in_size, static_cast<int>(center(i) + support + 0.5)); }
  double weight(double distance) const {
    const double x = distance * (1.0 / filter_scale);
    return cubic ? bicubic(x) : bilinear(x);
  }
};

/// Output pixel i is the sum of input[first[i] + t] * weights[i * stride + t], t < count[i]. The input begins at the
/// first pixel that any of them takes.
struct Taps {
  int stride = 0;
  std::vector<int> first, count;
  std::vector<int32_t> weights;
  const int32_t* of(int i) const { return weights.data() + static_cast<size_t>(i) * stride; }
};

Taps make_taps(const Filter& filter, int out_first, int out_count) {
  Taps taps;
  taps.stride = static_cast<int>(std::ceil(filter.support)) * 2 + 1;
  taps.first.resize(out_count);
  taps.count.resize(out_count);
  taps.weights.assign(static_cast<size_t>(out_count) * taps.stride, 0);
  std::vector<double> exact(taps.stride);
  for (int i = 0; i < out_count; ++i) {
    const double center = filter.center(out_first + i);
    const int first = filter.first(out_first + i), count = filter.end(out_first + i) - first;
    double sum = 0.0;
    for (int t = 0; t < count; ++t) {
      exact[t] = filter.weight(t + first - center + 0.5);
      sum += exact[t];
    }
    for (int t = 0; t < count; ++t) {
      const double scaled = (sum != 0.0 ? exact[t] / sum : exact[t]) * (1 << precision_bits);
      taps.weights[static_cast<size_t>(i) * taps.stride + t] =
          static_cast<int32_t>(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
    }
    taps.first[i] = first - filter.first(out_first);
    taps.count[i] = count;
  }
  return taps;
}

/// Eight sums side by side.
using Lanes = int32_t __attribute__((vector_size(32)));
using Bytes = uint8_t __attribute__((vector_size(8)));

/// One pixel of four rows, in each a lane a channel. Aligned as the AVX2 version of these functions expects it: where
/// the baseline allocates, such a vector needs only 16.
struct alignas(32) FourRows {
  Lanes upper, lower;
};

/// The sums as bytes, clipped.
__attribute__((always_inline)) inline void round_lanes(const Lanes& sum, uint8_t* out) {
  Lanes value = sum >> precision_bits;
  value = value < 0 ? Lanes{} : value;
  value = value > 255 ? Lanes{} + 255 : value;
  const Bytes bytes = __builtin_convertvector(value, Bytes);
  std::memcpy(out, &bytes, sizeof bytes);
}

__attribute__((always_inline)) inline void widen_bytes(const uint8_t* in, Lanes& out) {
  Bytes bytes;
  std::memcpy(&bytes, in, sizeof bytes);
  out = __builtin_convertvector(bytes, Lanes);
}

/// One pixel from each of four rows, whose first `bytes` bytes are read; lanes past the channels may hold anything.
__attribute__((always_inline)) inline void spread_pixel(const uint8_t* const rows[4], size_t at, size_t bytes,
                                                        FourRows& out) {
  uint8_t pixels[16] = {};
  for (size_t r = 0; r < 4; ++r) std::memcpy(pixels + 4 * r, rows[r] + at, bytes);
  widen_bytes(pixels, out.upper);
  widen_bytes(pixels + 8, out.lower);
}

STAIRCASE_VECTORIZED void spread_rows(const uint8_t* const rows[4], int width, int channels, FourRows* out) {
  const size_t step = static_cast<size_t>(channels), last = static_cast<size_t>(width) - 1;
  // Four bytes at once end in the row as long as another pixel follows.
  if (channels == 3)
    for (size_t x = 0; x < last; ++x) spread_pixel(rows, 3 * x, 4, out[x]);
  else
    for (size_t x = 0; x < last; ++x) spread_pixel(rows, x, 1, out[x]);
  spread_pixel(rows, step * last, step, out[last]);
}

/// The rows of `out` have room for three bytes behind each.
STAIRCASE_VECTORIZED void combine_columns(const FourRows* in, const Taps& taps, int width, int channels,
                                          uint8_t* const out[4]) {
  for (int i = 0; i < width; ++i) {
    const FourRows* from = in + taps.first[i];
    const int32_t* weights = taps.of(i);
    Lanes upper = Lanes{} + half, lower = upper;
    for (int t = 0; t < taps.count[i]; ++t) {
      upper += from[t].upper * weights[t];
      lower += from[t].lower * weights[t];
    }
    uint8_t pixels[16];
    round_lanes(upper, pixels);
    round_lanes(lower, pixels + 8);
    const size_t at = static_cast<size_t>(i) * channels;
    for (size_t r = 0; r < 4; ++r) std::memcpy(out[r] + at, pixels + 4 * r, 4);  // the next pixel goes over the fourth
  }
}

/// Eight times `blocks` bytes of a row.
template <size_t blocks>
__attribute__((always_inline)) inline void combine_blocks(const uint8_t* rows, size_t stride, const int32_t* weights,
                                                          int count, uint8_t* out) {
  Lanes sums[blocks];
  for (Lanes& sum : sums) sum = Lanes{} + half;
  for (int t = 0; t < count; ++t)
    for (size_t b = 0; b < blocks; ++b) {
      Lanes values;
      widen_bytes(rows + t * stride + 8 * b, values);
      sums[b] += values * weights[t];
    }
  for (size_t b = 0; b < blocks; ++b) round_lanes(sums[b], out + 8 * b);
}

/// The rows that are read, and `out`, have room for seven bytes behind them.
STAIRCASE_VECTORIZED void combine_rows(const uint8_t* rows, size_t stride, const int32_t* weights, int count,
                                       size_t row_bytes, uint8_t* out) {
  size_t x = 0;
  for (; x + 32 <= row_bytes; x += 32) combine_blocks<4>(rows + x, stride, weights, count, out + x);
  for (; x < row_bytes; x += 8) combine_blocks<1>(rows + x, stride, weights, count, out + x);
}

/// Rows with room behind each, in which whole vectors may end.
struct Rows {
  Rows(size_t row_bytes, int count)
      : stride(row_bytes + 8), bytes(std::make_unique_for_overwrite<uint8_t[]>(stride * static_cast<size_t>(count))) {}
  uint8_t* at(int y) const { return bytes.get() + static_cast<size_t>(y) * stride; }

  size_t stride;
  std::unique_ptr<uint8_t[]> bytes;
};

/// The needed box, resized to the columns of `taps`, whose first input column is that of the box.
Rows resize_columns(const Image& image, const Box& needed, const Taps& taps) {
  const int width = static_cast<int>(taps.first.size()), height = needed.height;
  Rows out(static_cast<size_t>(width) * image.channels, height + 3);  // the last four may be less
  const auto spread = std::make_unique_for_overwrite<FourRows[]>(static_cast<size_t>(needed.width));
  for (int y = 0; y < height; y += 4) {
    const uint8_t* from[4];
    uint8_t* to[4];
    for (int r = 0; r < 4; ++r) {
      from[r] = image.row(needed.y + std::min(y + r, height - 1)) + static_cast<size_t>(needed.x) * image.channels;
      to[r] = out.at(y + r);
    }
    spread_rows(from, needed.width, image.channels, spread.get());
    combine_columns(spread.get(), taps, width, image.channels, to);
  }
  return out;
}

/// The needed box as it is.
Rows copy_rows(const Image& image, const Box& needed) {
  const size_t row_bytes = static_cast<size_t>(needed.width) * image.channels;
  Rows out(row_bytes, needed.height);
  for (int y = 0; y < needed.height; ++y)
    std::memcpy(out.at(y), image.row(needed.y + y) + static_cast<size_t>(needed.x) * image.channels, row_bytes);
  return out;
}

bool inside(const Box& box, int width, int height) {
  return box.x >= 0 && box.y >= 0 && box.width > 0 && box.height > 0 && box.x <= width - box.width &&
         box.y <= height - box.height;
}

std::string words(const Box& box) {
  return std::to_string(box.width) + "x" + std::to_string(box.height) + " at (" + std::to_string(box.x) + ", " +
         std::to_string(box.y) + ")";
}

void require_inside(const char* what, const Box& box, int width, int height) {
  if (inside(box, width, height)) return;
  throw std::invalid_argument(std::string(what) + " " + words(box) + " is not inside " + std::to_string(width) + "x" +
                              std::to_string(height));
}

}  // namespace

Box needed_box(const Box& part, int width, int height, const Box& window, config::Interpolation interpolation) {
  Box needed{part.x + window.x, part.y + window.y, window.width, window.height};
  if (part.width != width) {
    const Filter filter(part.width, width, interpolation);
    const int first = filter.first(window.x);
    needed.x = part.x + first;
    needed.width = filter.end(window.x + window.width - 1) - first;
  }
  if (part.height != height) {
    const Filter filter(part.height, height, interpolation);
    const int first = filter.first(window.y);
    needed.y = part.y + first;
    needed.height = filter.end(window.y + window.height - 1) - first;
  }
  return needed;
}

Image resize(const Image& image, const Box& part, int width, int height, const Box& window,
             config::Interpolation interpolation) {
  require_inside("resize: the window", window, width, height);
  const Box needed = needed_box(part, width, height, window, interpolation);
  require_inside("resize: the part", needed, image.width, image.height);
  const bool columns = part.width != width, rows = part.height != height;
  if (!columns && !rows) return crop(image, needed);

  const Rows narrow =
      columns ? resize_columns(image, needed, make_taps({part.width, width, interpolation}, window.x, window.width))
              : copy_rows(image, needed);
  Image out(window.width, window.height, image.channels);
  if (!rows) {
    for (int y = 0; y < window.height; ++y) std::memcpy(out.row(y), narrow.at(y), out.row_bytes());
    return out;
  }
  const Taps taps = make_taps({part.height, height, interpolation}, window.y, window.height);
  const Rows row(out.row_bytes(), 1);
  for (int y = 0; y < window.height; ++y) {
    combine_rows(narrow.at(taps.first[y]), narrow.stride, taps.of(y), taps.count[y], out.row_bytes(), row.at(0));
    std::memcpy(out.row(y), row.at(0), out.row_bytes());
  }
  return out;
}

Image resize(const Image& image, int width, int height, config::Interpolation interpolation) {
  return resize(image, {0, 0, image.width, image.height}, width, height, {0, 0, width, height}, interpolation);
}

Image crop(const Image& image, const Box& part) {
  require_inside("crop: the part", part, image.width, image.height);
  Image out(part.width, part.height, image.channels);
  for (int y = 0; y < part.height; ++y)
    std::memcpy(out.row(y), image.row(part.y + y) + static_cast<size_t>(part.x) * image.channels, out.row_bytes());
  return out;
}

Image flip_horizontal(Image image) {
  const size_t c = static_cast<size_t>(image.channels), width = static_cast<size_t>(image.width);
  std::vector<uint8_t> mirrored(image.row_bytes() + 4);
  for (int y = 0; y < image.height; ++y) {
    uint8_t* row = image.row(y);
    std::memcpy(mirrored.data(), row + c * (width - 1), c);
    // Four bytes at once are fastest; the next pixel goes over those that are too many.
    for (size_t x = 1; x < width; ++x) std::memcpy(mirrored.data() + c * x, row + c * (width - 1 - x), 4);
    std::memcpy(row, mirrored.data(), image.row_bytes());
  }
  return image;
}

Image pad(const Image& image, int padding) {
  Image out(image.width + 2 * padding, image.height + 2 * padding, image.channels);
  for (int y = 0; y < image.height; ++y)
    std::memcpy(out.row(y + padding) + static_cast<size_t>(padding) * image.channels, image.row(y), image.row_bytes());
  return out;
}

}  // namespace staircase::data
