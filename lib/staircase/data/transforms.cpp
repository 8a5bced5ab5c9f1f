#include "staircase/data/transforms.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "staircase/data/operations.h"
#include "staircase/data/rand_augment.h"
#include "staircase/data/resize.h"

namespace staircase::data {
namespace {

/// Python's round: halves to the even neighbor.
int rounded(double value) { return static_cast<int>(std::nearbyint(value)); }

bool fits_unresized(int width, int height, int size) { return size <= 32 && width == size && height == size; }

Image padded_crop(const Image& image, int padding, RandomStream& random) {
  const int x = static_cast<int>(random.below(2 * padding + 1));
  const int y = static_cast<int>(random.below(2 * padding + 1));
  return crop(pad(image, padding), {x, y, image.width, image.height});
}

/// The part in an image that is `shrink` times smaller.
Box shrunk_part(const Box& box, int shrink) {
  const auto shrunk = [=](int edge) { return (edge + shrink / 2) / shrink; };
  const int x = shrunk(box.x), y = shrunk(box.y);
  return {x, y, std::max(1, shrunk(box.x + box.width) - x), std::max(1, shrunk(box.y + box.height) - y)};
}

}  // namespace

Box random_crop_box(int width, int height, double area_min, RandomStream& random) {
  constexpr double narrowest = 3.0 / 4.0, widest = 4.0 / 3.0;
  const double area = static_cast<double>(width) * height;
  for (int attempt = 0; attempt < 10; ++attempt) {
    const double target = area * random.uniform(area_min, 1.0);
    const double aspect = std::exp(random.uniform(std::log(narrowest), std::log(widest)));
    const int w = rounded(std::sqrt(target * aspect)), h = rounded(std::sqrt(target / aspect));
    if (w <= 0 || w > width || h <= 0 || h > height) continue;
    const int y = static_cast<int>(random.below(height - h + 1));
    const int x = static_cast<int>(random.below(width - w + 1));
    return {x, y, w, h};
  }
  const double aspect = static_cast<double>(width) / height;
  const int w = aspect > widest ? std::max(1, rounded(height * widest)) : width;
  const int h = aspect < narrowest ? std::max(1, rounded(width / narrowest)) : height;
  return {(width - w) / 2, (height - h) / 2, w, h};
}

Image color_jitter(Image image, double strength, RandomStream& random) {
  using Adjust = Image (*)(Image, double);
  std::array<Adjust, 3> order{adjust_brightness, adjust_contrast, adjust_color};
  for (size_t i = 2; i > 0; --i) std::swap(order[i], order[random.below(i + 1)]);
  for (const Adjust adjust : order)
    image = adjust(std::move(image), random.uniform(std::max(0.0, 1.0 - strength), 1.0 + strength));
  return image;
}

Framing train_framing(int width, int height, int size, const config::RecipeOptions& recipe, RandomStream& random) {
  const bool resized = !fits_unresized(width, height, size);
  if (resized && recipe.crop_area_min < 1.0)
    return {random_crop_box(width, height, recipe.crop_area_min, random), size, size, {0, 0, size, size}};
  Framing framing = eval_framing(width, height, size, recipe);
  if (!resized) framing.padding = static_cast<int>(recipe.small_image_padding);
  return framing;
}

Framing eval_framing(int width, int height, int size, const config::RecipeOptions& recipe) {
  const Box whole{0, 0, width, height};
  if (size >= 384 || fits_unresized(width, height, size)) return {whole, size, size, {0, 0, size, size}};
  const int shorter = static_cast<int>(size / recipe.eval_crop_ratio);
  const auto longer = [&](int64_t longer_side, int64_t shorter_side) {
    return static_cast<int>(shorter * longer_side / shorter_side);
  };
  const bool upright = width <= height;
  const int out_width = upright ? shorter : longer(width, height);
  const int out_height = upright ? longer(height, width) : shorter;
  const Box center{rounded((out_width - size) / 2.0), rounded((out_height - size) / 2.0), size, size};
  return {whole, out_width, out_height, center};
}

WantedPart wanted_part(const Framing& framing, config::Interpolation interpolation, bool scaled) {
  const Box& part = framing.part;
  if (scaled)
    for (const int shrink : {8, 4, 2})
      if (part.width >= shrink * framing.width && part.height >= shrink * framing.height) return {part, shrink};
  return {needed_box(part, framing.width, framing.height, framing.window, interpolation)};
}

Image frame(const ImagePart& part, const Framing& framing, config::Interpolation interpolation) {
  Box box = part.shrink == 1 ? framing.part : shrunk_part(framing.part, part.shrink);
  box.x -= part.x;
  box.y -= part.y;
  return resize(part.pixels, box, framing.width, framing.height, framing.window, interpolation);
}

Image augment(Image framed, int padding, const config::RecipeOptions& recipe, RandomStream& random) {
  Image out = padding > 0 ? padded_crop(framed, padding, random) : std::move(framed);
  if (random.chance(recipe.flip_probability)) out = flip_horizontal(std::move(out));
  if (recipe.rand_augment_operations > 0) return rand_augment(std::move(out), recipe, random);
  if (recipe.color_jitter > 0) return color_jitter(std::move(out), recipe.color_jitter, random);
  return out;
}

Image eval_transform(const Image& image, int size, const config::RecipeOptions& recipe) {
  const Framing framing = eval_framing(image.width, image.height, size, recipe);
  return resize(image, framing.part, framing.width, framing.height, framing.window, recipe.interpolation);
}

void normalize(const Image& image, const config::DataOptions& data, float* out) {
  Normalizer(data, image.channels).write(image, out);
}

}  // namespace staircase::data
