#include "staircase/data/objects.h"

#include <algorithm>
#include <cmath>

#include "staircase/data/canvas.h"
#include "staircase/data/drawing.h"

namespace staircase::data {
namespace {

/// Colors of the four tones of a part.
using Palette = std::array<Color, 4>;

/// What each class's main tone tends to.
constexpr std::array<Color, drawing_count> usual_colors{{{1.0, 0.6, 0.25},
                                                         {0.35, 0.85, 0.3},
                                                         {0.9, 0.5, 0.4},
                                                         {0.35, 0.55, 1.0},
                                                         {1.0, 0.45, 0.75},
                                                         {0.95, 0.9, 0.3},
                                                         {0.9, 0.9, 0.9},
                                                         {0.4, 0.85, 0.9},
                                                         {1.0, 0.35, 0.3},
                                                         {0.75, 0.65, 0.55}}};

/// To the right, off by at most `most` (a slope).
Point tilted(RandomStream& random, double most) {
  const double tilt = random.uniform(-most, most), length = std::sqrt(1.0 + tilt * tilt);
  return {1.0 / length, tilt / length};
}

Color mixed(const Color& a, const Color& b, double share_of_b) {
  Color color;
  for (int c = 0; c < 3; ++c) color[c] = a[c] + share_of_b * (b[c] - a[c]);
  return color;
}

/// Parts are lighter than most backgrounds, and a class has a color that it tends to: weak cues, as in photographs.
Palette random_palette(RandomStream& random, int64_t label, double hard) {
  Palette palette;
  const double usual = random.uniform(0.0, 0.5 - 0.3 * hard);
  palette[0] = mixed(random_color(random, 0.4, 1.0), usual_colors[static_cast<size_t>(label)], usual);
  palette[1] = random_color(random, 0.4, 1.0);
  palette[2] = random_color(random, 0.0, 0.3);
  palette[3] = random_color(random, 0.75, 1.0);
  return palette;
}

/// How one object differs from its drawing.
struct Style {
  Palette palette;
  Point slope;            ///< of the light on each part
  double shift, stretch;  ///< how far parts are off their place (in half sizes of the object) and their size (share)
};

Part varied(Part part, const Style& style, RandomStream& random) {
  part.center.x += random.uniform(-style.shift, style.shift);
  part.center.y += random.uniform(-style.shift, style.shift);
  part.half_width *= random.uniform(1.0 - style.stretch, 1.0 + style.stretch);
  part.half_height *= random.uniform(1.0 - style.stretch, 1.0 + style.stretch);
  return part;
}

void paint_object(Canvas& canvas, const Drawing& drawing, const Pose& pose, const Style& style, RandomStream& random) {
  for (const Part& each : drawing.parts) {
    const Part part = varied(each, style, random);
    const bool is_missing = random.chance(0.3) && part.optional;
    if (!is_missing) canvas.paint(part, pose, style.palette[static_cast<size_t>(part.tone)], style.slope);
  }
}

/// One or two neighboring parts of any class, somewhere.
void paint_fragment(Canvas& canvas, double scale, RandomStream& random) {
  const Drawing& drawing = drawings[random.below(drawing_count)];
  const size_t first = random.below(drawing.parts.size());
  const Point middle = drawing.parts[first].center;
  Pose pose{};
  pose.center = {random.uniform(), random.uniform()};
  pose.scale = scale;
  pose.direction = random_direction(random);
  pose.mirror = pose.aspect = 1.0;
  for (size_t i = first; i < std::min(first + 2, drawing.parts.size()); ++i) {
    Part part = drawing.parts[i];
    part.center = {part.center.x - middle.x, part.center.y - middle.y};
    canvas.paint(part, pose, random_color(random, 0.0, 0.9), {0.0, 0.0});
  }
}

void paint_background(Canvas& canvas, RandomStream& random) {
  const Color near = random_color(random, 0.0, 0.45), far = random_color(random, 0.0, 0.45);
  const Point direction = random_direction(random);
  const double pixel = 1.0 / canvas.size_px();
  for (int y = 0; y < canvas.size_px(); ++y)
    for (int x = 0; x < canvas.size_px(); ++x) {
      const double along = ((x + 0.5) * pixel - 0.5) * direction.x + ((y + 0.5) * pixel - 0.5) * direction.y;
      canvas.at(y, x) = mixed(near, far, std::clamp(0.5 + 0.7 * along, 0.0, 1.0));
    }
}

/// As a camera sees it: light that falls off to one side, and noise.
Image exposed(Canvas& canvas, double hard, RandomStream& random) {
  const int size = canvas.size_px();
  const double gain = random.uniform(0.75, 1.05), falloff = random.uniform(0.0, 0.2 + 0.5 * hard);
  const double noise = random.uniform(0.01, 0.02 + 0.04 * hard), pixel = 1.0 / size;
  const Point direction = random_direction(random);
  Image image(size, size, 3);
  uint8_t* out = image.pixels.data();
  for (int y = 0; y < size; ++y)
    for (int x = 0; x < size; ++x) {
      const double along = ((x + 0.5) * pixel - 0.5) * direction.x + ((y + 0.5) * pixel - 0.5) * direction.y;
      const double light = gain * (1.0 + falloff * along);
      for (const double channel : canvas.at(y, x)) {
        const double value = light * channel + noise * soft_noise(random);
        *out++ = static_cast<uint8_t>(std::clamp(value, 0.0, 1.0) * 255.0 + 0.5);
      }
    }
  return image;
}

Pose random_pose(RandomStream& random, double hard) {
  Pose pose{};
  pose.scale = random.uniform(0.35 - 0.1 * hard, 0.42 - 0.06 * hard);
  const double free = 0.57 - 0.9 * pose.scale;
  pose.center.x = 0.5 + random.uniform(-free, free);
  pose.center.y = 0.5 + random.uniform(-free, free);
  pose.direction = tilted(random, 0.2 + 0.4 * hard);
  pose.mirror = random.chance(0.5) ? 1.0 : -1.0;
  pose.aspect = random.uniform(0.85 - 0.15 * hard, 1.1 + 0.1 * hard);
  pose.bend = random.uniform(-0.05 - 0.15 * hard, 0.05 + 0.15 * hard);
  return pose;
}

}  // namespace

Image draw_object(int size_px, int64_t label, uint64_t seed, ObjectsSplit split, uint64_t index) {
  RandomStream random(Purpose::objects, {seed, static_cast<uint64_t>(split), index});
  const double level = random.uniform(), hard = level * level;  // most images are easy, some are hard in every way
  Canvas canvas(size_px);
  paint_background(canvas, random);
  const uint64_t behind = random.below(2 + static_cast<uint64_t>(6.0 * hard * hard));
  for (uint64_t i = 0; i < behind; ++i)
    paint_fragment(canvas, random.uniform(0.1, 0.2 + 0.2 * hard), random);
  const Pose pose = random_pose(random, hard);
  Style style;
  style.palette = random_palette(random, label, hard);
  style.slope.x = random.uniform(-0.25, 0.25);
  style.slope.y = random.uniform(-0.35, 0.05);
  style.shift = 0.03 + 0.06 * hard;
  style.stretch = 0.1 + 0.15 * hard;
  paint_object(canvas, drawings[static_cast<size_t>(label)], pose, style, random);
  const uint64_t before = random.below(1 + static_cast<uint64_t>(3.0 * hard));
  for (uint64_t i = 0; i < before; ++i) paint_fragment(canvas, random.uniform(0.1, 0.15 + 0.15 * hard), random);
  return exposed(canvas, hard, random);
}

DataSource open_objects(const config::DataOptions& options) {
  const auto part = [&](ObjectsSplit split, const std::string& name, int64_t count) {
    return drawn_images("objects " + name, count, drawing_count,
                        [size_px = static_cast<int>(options.image_size_px),
                         seed = static_cast<uint64_t>(options.objects_seed), split](int64_t label, uint64_t index) {
                          return draw_object(size_px, label, seed, split, index);
                        });
  };
  DataSource source;
  for (const Drawing& drawing : drawings) source.class_names.emplace_back(drawing.name);
  source.channels = 3;
  source.train = part(ObjectsSplit::train, "train", options.train_images);
  source.val = part(ObjectsSplit::val, "val", options.val_images);
  return source;
}

}  // namespace staircase::data
