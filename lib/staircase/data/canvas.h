#pragma once

#include <vector>

#include "staircase/data/drawing.h"
#include "staircase/data/object_parts.h"

namespace staircase::data {

/// Where and how an object stands on the unit square, x to the right and y down.
struct Pose {
  Point center;
  double scale;             ///< half of the object's size
  Point direction;          ///< where its x axis points, of length 1
  double mirror, aspect;    ///< 1 or -1; its width is times this
  double bend;              ///< how far its x is off at the upper and lower end
};

/// A square image of colors in [0, 1] on which parts are painted one over the other with soft edges.
class Canvas {
 public:
  explicit Canvas(int size_px) : size_px_(size_px), pixels_(static_cast<size_t>(size_px) * size_px) {}
  int size_px() const { return size_px_; }
  /// The color of a pixel; row y, column x.
  Color& at(int y, int x) { return pixels_[static_cast<size_t>(y) * size_px_ + x]; }
  /// `slope`: how much brighter (share) the part is per half size along its own axes, so that it looks round.
  void paint(const Part& part, const Pose& pose, const Color& color, Point slope);

 private:
  int size_px_;
  std::vector<Color> pixels_;
};

}  // namespace staircase::data
