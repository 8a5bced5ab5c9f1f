#include "staircase/data/resize.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <string>

#include "staircase/data/resize_rows.h"

namespace staircase::data {
namespace {

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
      const double scaled = (sum != 0.0 ? exact[t] / sum : exact[t]) * (1 << weight_bits);
      taps.weights[static_cast<size_t>(i) * taps.stride + t] =
          static_cast<int32_t>(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
    }
    taps.first[i] = first - filter.first(out_first);
    taps.count[i] = count;
  }
  return taps;
}

/// Rows with room behind each, in which whole vectors may end.
struct Rows {
  Rows(size_t row_bytes, int count)
      : stride(row_bytes + row_slack),
        bytes(std::make_unique_for_overwrite<uint8_t[]>(stride * static_cast<size_t>(count))) {}
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
    combine_columns(spread.get(), taps, image.channels, to);
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
  if (image.channels == 1) {
    for (int y = 0; y < image.height; ++y) std::reverse(image.row(y), image.row(y) + image.width);
    return image;
  }
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
