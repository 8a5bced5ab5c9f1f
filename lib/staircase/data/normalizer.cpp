#include "staircase/data/normalizer.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace staircase::data {
namespace {

/// Mean and std of one channel; a gray image takes the averages.
std::pair<double, double> channel_statistics(const config::DataOptions& data, int channel, int channels) {
  if (channels == 1)
    return {(data.mean[0] + data.mean[1] + data.mean[2]) / 3, (data.std[0] + data.std[1] + data.std[2]) / 3};
  return {data.mean[channel], data.std[channel]};
}

}  // namespace

Normalizer::Normalizer(const config::DataOptions& data, int channels) {
  for (int c = 0; c < channels; ++c) {
    const auto [mean, std] = channel_statistics(data, c, channels);
    for (int v = 0; v < 256; ++v) tables_[c][v] = static_cast<float>((v / 255.0 - mean) / std);
  }
}

void Normalizer::write(const Image& image, float* out) const {
  const size_t size = image.pixels.size();
  const uint8_t* in = image.pixels.data();
  if (image.channels == 1) {
    for (size_t i = 0; i < size; ++i) out[i] = tables_[0][in[i]];
    return;
  }
  for (size_t i = 0; i < size; i += 3) {
    out[i] = tables_[0][in[i]];
    out[i + 1] = tables_[1][in[i + 1]];
    out[i + 2] = tables_[2][in[i + 2]];
  }
}

Image denormalize(const float* pixels, int size, int channels, const config::DataOptions& data) {
  Image image(size, size, channels);
  for (int c = 0; c < channels; ++c) {
    const auto [mean, std] = channel_statistics(data, c, channels);
    for (size_t i = c; i < image.pixels.size(); i += channels)
      image.pixels[i] = static_cast<uint8_t>(std::nearbyint(255.0 * std::clamp(pixels[i] * std + mean, 0.0, 1.0)));
  }
  return image;
}

}  // namespace staircase::data
