#include "staircase/data/shapes.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "staircase/data/drawing.h"

namespace staircase::data {
namespace {

enum class Outline { disk, square, triangle, cross, ring };
constexpr int outline_count = 5;
constexpr std::array<const char*, 10> names{"striped disk", "striped square", "striped triangle", "striped cross",
                                            "striped ring", "shaded disk",    "shaded square",    "shaded triangle",
                                            "shaded cross", "shaded ring"};

/// One of four quarter turns, give or take about 17 degrees.
Point tilted(RandomStream& random) {
  const double tilt = random.uniform(-0.3, 0.3), length = std::sqrt(1.0 + tilt * tilt);
  Point direction{1.0 / length, tilt / length};
  for (uint64_t turns = random.below(4); turns > 0; --turns) direction = {-direction.y, direction.x};
  return direction;
}

Point turned(Point p, Point direction) {
  return {p.x * direction.x + p.y * direction.y, p.y * direction.x - p.x * direction.y};
}

double box_distance(Point p, double half_width, double half_height) {
  return std::max(std::abs(p.x) - half_width, std::abs(p.y) - half_height);
}

/// Signed distance (near the edge) to an outline of area 1 around the origin, inside negative.
double distance(Outline outline, Point p) {
  switch (outline) {
    case Outline::disk: return std::sqrt(p.x * p.x + p.y * p.y) - 0.5642;
    case Outline::square: return box_distance(p, 0.5, 0.5);
    case Outline::triangle: {  // inscribed radius .4387
      const double slope = 0.8660254037844386 * std::abs(p.x) + 0.5 * p.y;
      return std::max(slope, -p.y) - 0.4387;
    }
    case Outline::cross: return std::min(box_distance(p, 0.6820, 0.2182), box_distance(p, 0.2182, 0.6820));
    case Outline::ring: return std::abs(std::sqrt(p.x * p.x + p.y * p.y) - 0.4886) - 0.1629;
  }
  return 1.0;
}

/// 1 and 0 in turn, each half of a period of 1, with edges as soft as `per_pixel` asks for.
double wave(double u, double per_pixel) {
  const double triangle = 4.0 * std::abs(u - std::floor(u) - 0.5) - 1.0;
  return std::clamp(0.5 + triangle / (8.0 * per_pixel), 0.0, 1.0);
}

/// What is drawn besides the class: the same distributions for every class.
struct Scene {
  Point center, direction, texture_direction;
  double scale, period, phase, gain, noise;
  Color background, first, second;
};

double contrast(const Color& a, const Color& b) {
  return std::abs(a[0] - b[0]) + std::abs(a[1] - b[1]) + std::abs(a[2] - b[2]);
}

Scene random_scene(RandomStream& random) {
  Scene scene;
  scene.scale = random.uniform(0.45, 0.65);
  scene.center = {random.uniform(0.34, 0.66), random.uniform(0.34, 0.66)};
  scene.direction = tilted(random);
  scene.texture_direction = random_direction(random);
  scene.period = random.uniform(0.16, 0.22);
  scene.phase = random.uniform();
  scene.gain = random.uniform(0.6, 1.0);
  scene.noise = random.uniform(0.01, 0.05);
  do {
    scene.background = random_color(random, 0.0, 0.6);
    scene.first = random_color(random, 0.4, 1.0);
    scene.second = random_color(random, 0.4, 1.0);
  } while (contrast(scene.background, scene.first) < 0.9 || contrast(scene.background, scene.second) < 0.9 ||
           contrast(scene.first, scene.second) < 0.5);
  return scene;
}

/// Share of the pixel around `p` (sides in [0, 1]) that is inside the outline and of the first color.
struct Coverage {
  double inside, first;
};

Coverage coverage(const Scene& scene, Outline outline, bool shaded, Point p, double pixel) {
  const Point offset{p.x - scene.center.x, p.y - scene.center.y};
  const Point local = turned({offset.x / scene.scale, offset.y / scene.scale}, scene.direction);
  const double inside = std::clamp(0.5 - distance(outline, local) * scene.scale / pixel, 0.0, 1.0);
  if (inside == 0.0) return {0.0, 0.0};
  const Point t = turned(offset, scene.texture_direction);
  if (shaded) return {inside, std::clamp(0.5 + t.x / scene.scale, 0.0, 1.0)};
  return {inside, wave(t.x / scene.period + scene.phase, pixel / scene.period)};
}

}  // namespace

Image draw_shape(int size_px, int64_t label, uint64_t seed, ShapesSplit split, uint64_t index) {
  RandomStream random(Purpose::shapes, {seed, static_cast<uint64_t>(split), index});
  const Scene scene = random_scene(random);
  const auto outline = static_cast<Outline>(label % outline_count);
  const bool shaded = label >= outline_count;
  const double pixel = 1.0 / size_px;
  Image image(size_px, size_px, 3);
  uint8_t* out = image.pixels.data();
  for (int y = 0; y < size_px; ++y)
    for (int x = 0; x < size_px; ++x) {
      const Coverage part = coverage(scene, outline, shaded, {(x + 0.5) * pixel, (y + 0.5) * pixel}, pixel);
      for (int c = 0; c < 3; ++c, ++out) {
        const double inner = scene.second[c] + part.first * (scene.first[c] - scene.second[c]);
        const double clean = scene.background[c] + part.inside * (inner - scene.background[c]);
        const double value = scene.gain * clean + scene.noise * soft_noise(random);
        *out = static_cast<uint8_t>(std::clamp(value, 0.0, 1.0) * 255.0 + 0.5);
      }
    }
  return image;
}

DataSource open_shapes(const config::DataOptions& options) {
  const auto part = [&](ShapesSplit split, const std::string& name, int64_t count) {
    return drawn_images("shapes " + name, count, names.size(),
                        [size_px = static_cast<int>(options.image_size_px),
                         seed = static_cast<uint64_t>(options.shapes_seed), split](int64_t label, uint64_t index) {
                          return draw_shape(size_px, label, seed, split, index);
                        });
  };
  DataSource source;
  source.class_names.assign(names.begin(), names.end());
  source.channels = 3;
  source.train = part(ShapesSplit::train, "train", options.train_images);
  source.val = part(ShapesSplit::val, "val", options.val_images);
  return source;
}

}  // namespace staircase::data
