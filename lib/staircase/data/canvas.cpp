#include "staircase/data/canvas.h"

#include <algorithm>
#include <cmath>

namespace staircase::data {
namespace {

Point turned_back(Point p, Point direction) {
  return {p.x * direction.x + p.y * direction.y, p.y * direction.x - p.x * direction.y};
}

Point turned(Point p, Point direction) {
  return {p.x * direction.x - p.y * direction.y, p.x * direction.y + p.y * direction.x};
}

/// About the distance near the edge, inside negative.
double ellipse_distance(double x, double y, double a, double b) {
  const double u = x / a, v = y / b, level = std::sqrt(u * u + v * v);
  const double slope = std::sqrt(u * u / (a * a) + v * v / (b * b));
  return slope < 1e-9 ? -std::min(a, b) : level * (level - 1.0) / slope;
}

double distance(const Part& part, Point p) {
  const double a = part.half_width, b = part.half_height;
  switch (part.outline) {
    case Outline::ellipse: return ellipse_distance(p.x, p.y, a, b);
    case Outline::box: return std::max(std::abs(p.x) - a, std::abs(p.y) - b);
    case Outline::triangle:
      return std::max((2.0 * b * std::abs(p.x) - a * (p.y + b)) / std::sqrt(4.0 * b * b + a * a), p.y - b);
    case Outline::half_ellipse: return std::max(ellipse_distance(p.x, p.y - b, a, 2.0 * b), p.y - b);
    case Outline::ring: return std::abs(ellipse_distance(p.x, p.y, 0.75 * a, 0.75 * b)) - 0.25 * std::min(a, b);
  }
  return 1.0;
}

/// From the unit square into the frame of the object: `per_scale` and `per_aspect` are the inverses of the pose's.
Point into_object(Point p, const Pose& pose, double per_scale, double per_aspect) {
  const Point q =
      turned_back({(p.x - pose.center.x) * per_scale, (p.y - pose.center.y) * per_scale}, pose.direction);
  return {(q.x * pose.mirror - pose.bend * q.y * q.y) * per_aspect, q.y};
}

Point out_of_object(Point p, const Pose& pose) {
  const Point q = turned({(p.x * pose.aspect + pose.bend * p.y * p.y) * pose.mirror, p.y}, pose.direction);
  return {pose.center.x + pose.scale * q.x, pose.center.y + pose.scale * q.y};
}

}  // namespace

void Canvas::paint(const Part& part, const Pose& pose, const Color& color, Point slope) {
  const double pixel = 1.0 / size_px_, wide = part.half_width, high = part.half_height;
  const double per_scale = 1.0 / pose.scale, per_aspect = 1.0 / pose.aspect, margin = pixel * per_scale;
  const double reach = pose.scale * 1.5 * std::sqrt(wide * wide + high * high) + pixel;
  const Point middle = out_of_object(part.center, pose);
  const auto limit = [&](double at) { return static_cast<int>(std::clamp(at, 0.0, 1.0) * size_px_); };
  const int left = limit(middle.x - reach), end_x = std::min(limit(middle.x + reach) + 1, size_px_);
  const int top = limit(middle.y - reach), end_y = std::min(limit(middle.y + reach) + 1, size_px_);
  for (int y = top; y < end_y; ++y)
    for (int x = left; x < end_x; ++x) {
      const Point p = into_object({(x + 0.5) * pixel, (y + 0.5) * pixel}, pose, per_scale, per_aspect);
      const Point own = turned_back({p.x - part.center.x, p.y - part.center.y}, part.direction);
      if (std::abs(own.x) > wide + margin || std::abs(own.y) > high + margin) continue;
      const double inside = std::clamp(0.5 - distance(part, own) / margin, 0.0, 1.0);
      if (inside == 0.0) continue;
      const double light = 1.0 + slope.x * own.x / wide + slope.y * own.y / high;
      Color& here = at(y, x);
      for (int c = 0; c < 3; ++c) here[c] += inside * (color[c] * light - here[c]);
    }
}

}  // namespace staircase::data
