#pragma once

#include "staircase/config/recipe_options.h"
#include "staircase/data/image.h"

namespace staircase::data {

/// Resizes an image, antialiased where it shrinks, equal to Pillow's Image.resize to the bit:
/// separable, the filter's support scaled by the ratio, horizontal pass first, weights of 22 bits.
/// Throws std::invalid_argument unless all sizes are positive.
/// Source: Pillow 9.4, src/libImaging/Resample.c (bicubic with a = -0.5).
Image resize(const Image& image, int width, int height, config::Interpolation interpolation);

/// The same for `part` of the image as if it were cropped first (nothing outside it is seen), and
/// only `window` of the width x height result is computed and returned.
/// Throws std::invalid_argument when `window` reaches outside, or what it needs of `part`, needed_box.
Image resize(const Image& image, const Box& part, int width, int height, const Box& window,
             config::Interpolation interpolation);

/// The pixels of `part` that decide `window`: the others need not be there.
Box needed_box(const Box& part, int width, int height, const Box& window, config::Interpolation interpolation);

/// A copy of `part`. Throws std::invalid_argument when it reaches outside the image.
Image crop(const Image& image, const Box& part);

/// Mirrors left and right.
Image flip_horizontal(Image image);

/// Adds a border of `padding` black pixels on all four sides.
Image pad(const Image& image, int padding);

}  // namespace staircase::data
