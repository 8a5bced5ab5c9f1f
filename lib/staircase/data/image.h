#pragma once

#include <cstdint>
#include <stdexcept>
#include <vector>

namespace staircase::data {

/// An 8-bit image: rows from the top, pixels from the left, channels interleaved (HWC).
/// channels is 3 (red, green, blue) or 1 (gray).
struct Image {
  int width = 0;
  int height = 0;
  int channels = 0;
  std::vector<uint8_t> pixels;

  Image() = default;
  /// Filled with `value`.
  Image(int width_px, int height_px, int channel_count, uint8_t value = 0)
      : width(width_px),
        height(height_px),
        channels(channel_count),
        pixels(static_cast<size_t>(width_px) * height_px * channel_count, value) {}

  size_t row_bytes() const { return static_cast<size_t>(width) * channels; }
  uint8_t* row(int y) { return pixels.data() + y * row_bytes(); }
  const uint8_t* row(int y) const { return pixels.data() + y * row_bytes(); }

  bool operator==(const Image&) const = default;
};

/// A rectangle of pixels; (x, y) is its upper left corner.
struct Box {
  int x = 0, y = 0, width = 0, height = 0;
  bool operator==(const Box&) const = default;
};

/// An image that is damaged. The message names the path and what is wrong.
class BadImage : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace staircase::data
