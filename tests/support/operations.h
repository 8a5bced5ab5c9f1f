#pragma once

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <map>
#include <string>

#include "staircase/data/operations.h"

namespace staircase::tests {

using Apply = std::function<data::Image(const data::Image&, double)>;

/// Every operation of augmentation under the name that tests/reference gives it. The number is the
/// strength as the operation takes it; those that have none leave it.
inline const std::map<std::string, Apply>& operations() {
  using namespace data;
  static const std::map<std::string, Apply> all{
      {"auto_contrast", [](const Image& i, double) { return auto_contrast(i); }},
      {"equalize", [](const Image& i, double) { return equalize(i); }},
      {"invert", [](const Image& i, double) { return invert(i); }},
      {"posterize", [](const Image& i, double v) { return posterize(i, static_cast<int>(v)); }},
      {"solarize", [](const Image& i, double v) { return solarize(i, static_cast<int>(v)); }},
      {"solarize_add", [](const Image& i, double v) { return solarize_add(i, static_cast<int>(v)); }},
      {"color", [](const Image& i, double v) { return adjust_color(i, v); }},
      {"contrast", [](const Image& i, double v) { return adjust_contrast(i, v); }},
      {"brightness", [](const Image& i, double v) { return adjust_brightness(i, v); }},
      {"sharpness", [](const Image& i, double v) { return adjust_sharpness(i, v); }},
      {"rotate", rotate},
      {"shear_x", shear_x},
      {"shear_y", shear_y},
      {"translate_x", translate_x},
      {"translate_y", translate_y},
  };
  return all;
}

/// The largest difference of any value; 256 when the shapes differ.
inline int largest_difference(const data::Image& a, const data::Image& b) {
  if (a.width != b.width || a.height != b.height || a.pixels.size() != b.pixels.size()) return 256;
  int largest = 0;
  for (size_t i = 0; i < a.pixels.size(); ++i) largest = std::max(largest, std::abs(a.pixels[i] - b.pixels[i]));
  return largest;
}

}  // namespace staircase::tests
