#include <cmath>
#include <numbers>

#include "staircase/data/transforms.h"

namespace staircase::data {
namespace {

/// Standard normal numbers, both of each Box-Muller pair.
void fill_normal(float* out, size_t count, RandomStream& random) {
  for (size_t i = 0; i < count; i += 2) {
    const double radius = std::sqrt(-2.0 * std::log(1.0 - random.uniform()));
    const double angle = 2.0 * std::numbers::pi * random.uniform();
    out[i] = static_cast<float>(radius * std::cos(angle));
    if (i + 1 < count) out[i + 1] = static_cast<float>(radius * std::sin(angle));
  }
}

}  // namespace

Box erase_box(float* pixels, int width, int height, int channels, double probability, RandomStream& random) {
  if (!random.chance(probability)) return {};
  const double area = static_cast<double>(width) * height;
  for (int attempt = 0; attempt < 10; ++attempt) {
    const double target = area * random.uniform(0.02, 1.0 / 3.0);
    const double aspect = std::exp(random.uniform(std::log(0.3), std::log(1.0 / 0.3)));
    const int h = static_cast<int>(std::nearbyint(std::sqrt(target * aspect)));
    const int w = static_cast<int>(std::nearbyint(std::sqrt(target / aspect)));
    if (w < 1 || h < 1 || w >= width || h >= height) continue;
    const int y = static_cast<int>(random.below(height - h + 1));
    const int x = static_cast<int>(random.below(width - w + 1));
    for (int row = y; row < y + h; ++row)
      fill_normal(pixels + (static_cast<size_t>(row) * width + x) * channels, static_cast<size_t>(w) * channels,
                  random);
    return {x, y, w, h};
  }
  return {};
}

}  // namespace staircase::data
