#pragma once

#include <array>
#include <span>

#include "staircase/data/drawing.h"

namespace staircase::data {

enum class Outline { ellipse, box, triangle, half_ellipse, ring };
enum class Tone { main, second, dark, light };

/// One part of an object, in the frame of the object: x to the right, y down, the whole within about [-1, 1].
/// A triangle and a half ellipse stand on their base, which `direction` turns; (1, 0) leaves it below.
struct Part {
  Outline outline;
  Point center;
  double half_width, half_height;
  Tone tone;
  Point direction{1.0, 0.0};  ///< of length 1: where the part's own x axis points
  bool optional = false;      ///< missing in some images
};

/// Parts from the farthest to the nearest.
struct Drawing {
  const char* name;
  std::span<const Part> parts;
};

constexpr size_t drawing_count = 10;
extern const std::array<Drawing, drawing_count> drawings;

}  // namespace staircase::data
