#pragma once

#include "staircase/data/image.h"

namespace staircase::data {

// EXIF's orientations, 1 to 8: how the pixels of a file lie in the picture that its maker saw.
// Source: Exif 2.3 (CIPA DC-008), tag 274; TIFF, revision 6.0.

/// Whether width and height change places.
constexpr bool swaps_sides(int orientation) { return orientation >= 5; }

/// Where a box of the upright picture lies in the file's image of width x height, and the other way round.
Box stored_box(const Box& upright, int orientation, int width, int height);

/// The picture upright.
Image turn_upright(Image image, int orientation);

}  // namespace staircase::data
