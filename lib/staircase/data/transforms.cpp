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

bool fits_unresized(const Image& image, int size) { return size <= 32 && image.width == size && image.height == size; }

Image padded_crop(const Image& image, int padding, RandomStream& random) {
  if (padding == 0) return image;
  const int x = static_cast<int>(random.below(2 * padding + 1));
  const int y = static_cast<int>(random.below(2 * padding + 1));
  return crop(pad(image, padding), {x, y, image.width, image.height});
}

Image resize_and_center_crop(const Image& image, int size, const config::RecipeOptions& recipe) {
  const Box whole{0, 0, image.width, image.height};
  if (size >= 384) return resize(image, size, size, recipe.interpolation);
  const int shorter = static_cast<int>(size / recipe.eval_crop_ratio);
  const auto longer = [&](int64_t longer_side, int64_t shorter_side) {
    return static_cast<int>(shorter * longer_side / shorter_side);
  };
  const bool upright = image.width <= image.height;
  const int width = upright ? shorter : longer(image.width, image.height);
  const int height = upright ? longer(image.height, image.width) : shorter;
  const Box center{rounded((width - size) / 2.0), rounded((height - size) / 2.0), size, size};
  return resize(image, whole, width, height, center, recipe.interpolation);
}

/// Mean and std of one channel; a gray image takes the averages.
std::pair<double, double> channel_statistics(const config::DataOptions& data, int channel, int channels) {
  if (channels == 1)
    return {(data.mean[0] + data.mean[1] + data.mean[2]) / 3, (data.std[0] + data.std[1] + data.std[2]) / 3};
  return {data.mean[channel], data.std[channel]};
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

Image train_transform(const Image& image, int size, const config::RecipeOptions& recipe, RandomStream& random) {
  Image out;
  if (fits_unresized(image, size)) {
    out = padded_crop(image, static_cast<int>(recipe.small_image_padding), random);
  } else if (recipe.crop_area_min >= 1.0) {
    out = resize_and_center_crop(image, size, recipe);
  } else {
    const Box part = random_crop_box(image.width, image.height, recipe.crop_area_min, random);
    out = resize(image, part, size, size, {0, 0, size, size}, recipe.interpolation);
  }
  if (random.chance(recipe.flip_probability)) out = flip_horizontal(std::move(out));
  if (recipe.rand_augment_operations > 0) return rand_augment(std::move(out), recipe, random);
  if (recipe.color_jitter > 0) return color_jitter(std::move(out), recipe.color_jitter, random);
  return out;
}

Image eval_transform(const Image& image, int size, const config::RecipeOptions& recipe) {
  return fits_unresized(image, size) ? image : resize_and_center_crop(image, size, recipe);
}

void normalize(const Image& image, const config::DataOptions& data, float* out) {
  const int channels = image.channels;
  std::array<std::array<float, 256>, 3> tables;
  for (int c = 0; c < channels; ++c) {
    const auto [mean, std] = channel_statistics(data, c, channels);
    for (int v = 0; v < 256; ++v) tables[c][v] = static_cast<float>((v / 255.0 - mean) / std);
  }
  const size_t size = image.pixels.size();
  const uint8_t* in = image.pixels.data();
  for (size_t i = 0; i < size; i += channels)
    for (int c = 0; c < channels; ++c) out[i + c] = tables[c][in[i + c]];
}

Image denormalize(const float* pixels, int size, int channels, const config::DataOptions& data) {
  Image image(size, size, channels);
  for (int c = 0; c < channels; ++c) {
    const auto [mean, std] = channel_statistics(data, c, channels);
    for (size_t i = c; i < image.pixels.size(); i += channels)
      image.pixels[i] = static_cast<uint8_t>(rounded(255.0 * std::clamp(pixels[i] * std + mean, 0.0, 1.0)));
  }
  return image;
}

}  // namespace staircase::data
