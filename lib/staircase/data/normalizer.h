#pragma once

#include <array>

#include "staircase/config/data_options.h"
#include "staircase/data/image.h"

namespace staircase::data {

/// (v / 255 - mean) / std of 8-bit images, calculated in double, rounded to float. A gray image takes the average of
/// the three means and of the three stds.
class Normalizer {
 public:
  /// `channels`: 1 or 3.
  Normalizer(const config::DataOptions& data, int channels);

  /// Into `out`, HWC like the image (a channels_last tensor's row).
  void write(const Image& image, float* out) const;

 private:
  std::array<std::array<float, 256>, 3> tables_{};
};

/// Undoes it for eyes: the 8-bit image of size x size x channels floats (HWC); what lies outside
/// black and white is clipped.
Image denormalize(const float* pixels, int size, int channels, const config::DataOptions& data);

}  // namespace staircase::data
