#include "staircase/data/orientation.h"

#include <algorithm>
#include <utility>

namespace staircase::data {
namespace {

constexpr bool from_the_right(int orientation) {
  return orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
}
constexpr bool from_below(int orientation) {
  return orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
}

}  // namespace

Box stored_box(const Box& upright, int orientation, int width, int height) {
  Box box = upright;
  if (swaps_sides(orientation)) {
    std::swap(box.x, box.y);
    std::swap(box.width, box.height);
  }
  if (from_the_right(orientation)) box.x = width - box.x - box.width;
  if (from_below(orientation)) box.y = height - box.y - box.height;
  return box;
}

Image turn_upright(Image image, int orientation) {
  if (orientation == 1) return image;
  const bool swapped = swaps_sides(orientation);
  Image out(swapped ? image.height : image.width, swapped ? image.width : image.height, image.channels);
  for (int y = 0; y < out.height; ++y) {
    uint8_t* to = out.row(y);
    for (int x = 0; x < out.width; ++x, to += out.channels) {
      const Box from = stored_box({x, y, 1, 1}, orientation, image.width, image.height);
      std::copy_n(image.row(from.y) + static_cast<size_t>(from.x) * image.channels, image.channels, to);
    }
  }
  return out;
}

}  // namespace staircase::data
