// Operations that look each value up in a table.

#include <algorithm>
#include <array>
#include <numeric>

#include "staircase/data/operations.h"

namespace staircase::data {
namespace {

using Table = std::array<uint8_t, 256>;
using Histogram = std::array<int64_t, 256>;

template <class Map>
Table make_table(Map&& map) {
  Table table;
  for (int v = 0; v < 256; ++v) table[v] = static_cast<uint8_t>(std::clamp<int64_t>(map(v), 0, 255));
  return table;
}

template <class Map>
Image map_values(Image image, Map&& map) {
  const Table table = make_table(map);
  for (uint8_t& value : image.pixels) value = table[value];
  return image;
}

Histogram histogram(const Image& image, int channel) {
  Histogram counts{};
  for (size_t i = channel; i < image.pixels.size(); i += image.channels) ++counts[image.pixels[i]];
  return counts;
}

/// Replaces each channel by a table made from its own histogram.
template <class MakeTable>
Image map_channels(Image image, MakeTable&& table_of) {
  for (int c = 0; c < image.channels; ++c) {
    const Table table = table_of(histogram(image, c));
    for (size_t i = c; i < image.pixels.size(); i += image.channels) image.pixels[i] = table[image.pixels[i]];
  }
  return image;
}

constexpr auto same = [](int v) { return v; };

Table stretching_table(const Histogram& counts) {
  const auto occurs = [](int64_t count) { return count > 0; };
  const auto low = std::find_if(counts.begin(), counts.end(), occurs) - counts.begin();
  const auto high = 255 - (std::find_if(counts.rbegin(), counts.rend(), occurs) - counts.rbegin());
  if (high <= low) return make_table(same);
  const double scale = 255.0 / static_cast<double>(high - low);
  const double offset = -static_cast<double>(low) * scale;
  return make_table([&](int v) { return static_cast<int64_t>(v * scale + offset); });
}

Table equalizing_table(const Histogram& counts) {
  const int64_t total = std::accumulate(counts.begin(), counts.end(), int64_t{0});
  const auto brightest = std::find_if(counts.rbegin(), counts.rend(), [](int64_t count) { return count > 0; });
  const int64_t step = brightest == counts.rend() ? 0 : (total - *brightest) / 255;
  if (step == 0) return make_table(same);
  int64_t sum = step / 2;
  return make_table([&](int v) {
    const int64_t level = sum / step;
    sum += counts[v];
    return level;
  });
}

}  // namespace

Image auto_contrast(Image image) { return map_channels(std::move(image), stretching_table); }

Image equalize(Image image) { return map_channels(std::move(image), equalizing_table); }

Image invert(Image image) {
  return map_values(std::move(image), [](int v) { return 255 - v; });
}

Image posterize(Image image, int bits) {
  const int mask = ~((1 << (8 - std::clamp(bits, 0, 8))) - 1);
  return map_values(std::move(image), [=](int v) { return v & mask; });
}

Image solarize(Image image, int threshold) {
  return map_values(std::move(image), [=](int v) { return v < threshold ? v : 255 - v; });
}

Image solarize_add(Image image, int amount) {
  return map_values(std::move(image), [=](int v) { return v < 128 ? v + amount : v; });
}

}  // namespace staircase::data
