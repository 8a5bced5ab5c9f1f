#pragma once

#include <functional>

#include "staircase/data/image.h"

namespace staircase::data {

/// What of an image is wanted: a box of its pixels. Where `shrink` is 2, 4 or 8, the image may come with its sides
/// divided by it, which some decoders do for less than they take for the whole.
struct WantedPart {
  Box box;
  int shrink = 1;
};

/// Says what is wanted of an image of this size, as it stands upright. The box lies inside it and is not empty.
using ChoosePart = std::function<WantedPart(int width, int height)>;

/// All of it.
inline WantedPart whole_image(int width, int height) { return {{0, 0, width, height}}; }

/// A part of an image, at least what was wanted: its upper left pixel is (x, y) of the image, which is `shrink`
/// times smaller than it would be (sides rounded up). Where shrink is 1, the pixels are those of the whole image.
struct ImagePart {
  Image pixels;
  int x = 0, y = 0;
  int shrink = 1;
};

/// The box in an image that is so much smaller: all pixels of which the box has a share.
inline Box shrunk_around(const Box& box, int shrink) {
  const int x = box.x / shrink, y = box.y / shrink;
  return {x, y, (box.x + box.width - 1) / shrink + 1 - x, (box.y + box.height - 1) / shrink + 1 - y};
}

}  // namespace staircase::data
