#include "staircase/data/resize.h"

#include <algorithm>
#include <cmath>
#include <cstring>
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

/// Output pixel i is the sum of input[first[i] + t] * weights[i * stride + t], t < count[i].
struct Taps {
  int stride = 0;
  std::vector<int> first, count;
  std::vector<int32_t> weights;
  const int32_t* of(int i) const { return weights.data() + static_cast<size_t>(i) * stride; }
};

Taps make_taps(int in_size, int out_size, int out_first, int out_count, config::Interpolation interpolation) {
  const bool cubic = interpolation == config::Interpolation::bicubic;
  const double scale = static_cast<double>(in_size) / out_size;
  const double filter_scale = std::max(scale, 1.0);
  const double support = (cubic ? 2.0 : 1.0) * filter_scale;
  Taps taps;
  taps.stride = static_cast<int>(std::ceil(support)) * 2 + 1;
  taps.first.resize(out_count);
  taps.count.resize(out_count);
  taps.weights.assign(static_cast<size_t>(out_count) * taps.stride, 0);
  std::vector<double> exact(taps.stride);
  for (int i = 0; i < out_count; ++i) {
    const double center = (out_first + i + 0.5) * scale;
    const int first = std::max(0, static_cast<int>(center - support + 0.5));
    const int count = std::min(in_size, static_cast<int>(center + support + 0.5)) - first;
    double sum = 0.0;
    for (int t = 0; t < count; ++t) {
      const double x = (t + first - center + 0.5) * (1.0 / filter_scale);
      exact[t] = cubic ? bicubic(x) : bilinear(x);
      sum += exact[t];
    }
    for (int t = 0; t < count; ++t) {
      const double scaled = (sum != 0.0 ? exact[t] / sum : exact[t]) * (1 << precision_bits);
      taps.weights[static_cast<size_t>(i) * taps.stride + t] =
          static_cast<int32_t>(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
    }
    taps.first[i] = first;
    taps.count[i] = count;
  }
  return taps;
}

inline uint8_t rounded(int32_t sum) { return static_cast<uint8_t>(std::clamp(sum >> precision_bits, 0, 255)); }

/// Eight sums side by side: up to four channels of two rows.
using Lanes = int32_t __attribute__((vector_size(32)));
/// Aligned as the AVX2 version of these functions expects it: where the baseline allocates, such a vector needs only 16.
struct alignas(32) Pair {
  Lanes lanes;
};

STAIRCASE_VECTORIZED void spread_rows(const uint8_t* upper, const uint8_t* lower, int width, int channels, Pair* out) {
  if (channels == 3) {
    for (int x = 0; x < width; ++x)
      out[x].lanes = Lanes{upper[3 * x], upper[3 * x + 1], upper[3 * x + 2], 0,
                           lower[3 * x], lower[3 * x + 1], lower[3 * x + 2], 0};
  } else {
    for (int x = 0; x < width; ++x) out[x].lanes = Lanes{upper[x], 0, 0, 0, lower[x], 0, 0, 0};
  }
}

STAIRCASE_VECTORIZED void combine_columns(const Pair* in, const Taps& taps, int width, int channels, uint8_t* upper,
                                          uint8_t* lower) {
  for (int i = 0; i < width; ++i) {
    const Pair* from = in + taps.first[i];
    const int32_t* weights = taps.of(i);
    Lanes sum = {half, half, half, half, half, half, half, half};
    for (int t = 0; t < taps.count[i]; ++t) sum += from[t].lanes * weights[t];
    for (int c = 0; c < channels; ++c) {
      upper[i * channels + c] = rounded(sum[c]);
      lower[i * channels + c] = rounded(sum[4 + c]);
    }
  }
}

STAIRCASE_VECTORIZED void combine_rows(const uint8_t* rows, size_t row_bytes, const int32_t* weights, int count,
                                       uint8_t* out) {
  constexpr size_t block = 32;
  size_t x = 0;
  for (; x + block <= row_bytes; x += block) {
    int32_t sums[block];
    for (size_t j = 0; j < block; ++j) sums[j] = half;
    for (int t = 0; t < count; ++t) {
      const uint8_t* from = rows + t * row_bytes + x;
      for (size_t j = 0; j < block; ++j) sums[j] += from[j] * weights[t];
    }
    for (size_t j = 0; j < block; ++j) out[x + j] = rounded(sums[j]);
  }
  for (; x < row_bytes; ++x) {
    int32_t sum = half;
    for (int t = 0; t < count; ++t) sum += rows[t * row_bytes + x] * weights[t];
    out[x] = rounded(sum);
  }
}

/// Rows [first_row, first_row + rows) of `part`, resized to `taps` columns.
Image resize_columns(const Image& image, const Box& part, const Taps& taps, int first_row, int rows) {
  const int width = static_cast<int>(taps.first.size());
  Image out(width, rows, image.channels);
  std::vector<Pair> spread(part.width);
  std::vector<uint8_t> unused(out.row_bytes());
  const auto source = [&](int y) {
    return image.row(part.y + first_row + y) + static_cast<size_t>(part.x) * image.channels;
  };
  for (int y = 0; y < rows; y += 2) {
    const bool two = y + 1 < rows;
    spread_rows(source(y), source(two ? y + 1 : y), part.width, image.channels, spread.data());
    combine_columns(spread.data(), taps, width, image.channels, out.row(y), two ? out.row(y + 1) : unused.data());
  }
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

Image resize(const Image& image, const Box& part, int width, int height, const Box& window,
             config::Interpolation interpolation) {
  require_inside("resize: the part", part, image.width, image.height);
  require_inside("resize: the window", window, width, height);
  const bool columns = part.width != width, rows = part.height != height;
  if (!columns && !rows) return crop(image, {part.x + window.x, part.y + window.y, window.width, window.height});

  Taps vertical;
  int first_row = window.y, row_count = window.height;
  if (rows) {
    vertical = make_taps(part.height, height, window.y, window.height, interpolation);
    first_row = vertical.first.front();
    row_count = vertical.first.back() + vertical.count.back() - first_row;
  }
  Image narrow = columns
                     ? resize_columns(image, part, make_taps(part.width, width, window.x, window.width, interpolation),
                                      first_row, row_count)
                     : crop(image, {part.x + window.x, part.y + first_row, window.width, row_count});
  if (!rows) return narrow;

  Image out(window.width, window.height, image.channels);
  for (int y = 0; y < window.height; ++y)
    combine_rows(narrow.row(vertical.first[y] - first_row), narrow.row_bytes(), vertical.of(y), vertical.count[y],
                 out.row(y));
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
  const int c = image.channels;
  for (int y = 0; y < image.height; ++y) {
    uint8_t* row = image.row(y);
    for (int left = 0, right = image.width - 1; left < right; ++left, --right)
      std::swap_ranges(row + left * c, row + left * c + c, row + right * c);
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
