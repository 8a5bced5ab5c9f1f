#pragma once

#include <array>
#include <cmath>
#include <functional>
#include <memory>
#include <string>

#include "staircase/base/random.h"
#include "staircase/data/dataset.h"

namespace staircase::data {

// What the built-in sets draw with: the same to the bit wherever doubles are IEEE's. Sources that include this are
// compiled without contraction (lib/CMakeLists.txt).

/// On the unit square, x to the right and y down, or a direction.
struct Point {
  double x, y;
};

/// Red, green, blue in [0, 1].
using Color = std::array<double, 3>;

/// A direction without sine or cosine, whose last digits differ between machines.
inline Point random_direction(RandomStream& random) {
  for (;;) {
    const double x = random.uniform(-1, 1), y = random.uniform(-1, 1), square = x * x + y * y;
    if (square > 0.01 && square <= 1.0) return {x / std::sqrt(square), y / std::sqrt(square)};
  }
}

inline Color random_color(RandomStream& random, double low, double high) {
  return {random.uniform(low, high), random.uniform(low, high), random.uniform(low, high)};
}

/// About normal, std 1: the sum of four uniform numbers out of one draw.
inline double soft_noise(RandomStream& random) {
  const uint64_t bits = random.bits();
  const uint64_t sum = (bits & 0xffff) + (bits >> 16 & 0xffff) + (bits >> 32 & 0xffff) + (bits >> 48);
  return (static_cast<double>(sum) / 65535.0 - 2.0) * 1.7320508075688772;
}

/// `count` images that `draw` makes of (label, index) when they are asked for; label = index % classes. `name` is said
/// before the index in messages.
std::shared_ptr<const Dataset> drawn_images(std::string name, int64_t count, size_t classes,
                                            std::function<Image(int64_t label, uint64_t index)> draw);

}  // namespace staircase::data
