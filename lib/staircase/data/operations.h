#pragma once

#include "staircase/data/image.h"

namespace staircase::data {

// The operations that augmentation is made of. Each means what Pillow's of the same name means and
// equals it to the bit; images keep their size and channels (3 or 1).
// Source: Pillow 9.4, ImageOps.py, ImageEnhance.py, Image.py and src/libImaging (Geometry.c, Blend.c).

/// Stretches each channel so that its darkest value is 0 and its brightest 255.
Image auto_contrast(Image image);
/// Makes each channel's histogram as even as a table can.
Image equalize(Image image);
/// 255 - v.
Image invert(Image image);
/// Keeps the upper `bits` of 8; 0 leaves black.
Image posterize(Image image, int bits);
/// 255 - v where v >= threshold, in [0, 256].
Image solarize(Image image, int threshold);
/// min(255, v + amount) where v < 128.
Image solarize_add(Image image, int amount);

// The four that mix the image with a poorer one: factor 0 gives the poorer one, 1 the image, more
// than 1 exaggerates. Fractions are cut off, values clipped to [0, 255].

/// Poorer: the gray image. A gray image stays as it is.
Image adjust_color(Image image, double factor);
/// Poorer: all pixels the mean gray.
Image adjust_contrast(Image image, double factor);
/// Poorer: black.
Image adjust_brightness(Image image, double factor);
/// Poorer: smoothed by (1 1 1; 1 5 1; 1 1 1) / 13; the outermost pixels stay.
Image adjust_sharpness(Image image, double factor);

// Geometry: bicubic (a = -1, as Pillow's transform), what comes from outside the image is
// (124, 116, 104), the mean color of ImageNet, or its gray 117.

/// Counter-clockwise around the center.
Image rotate(const Image& image, double degrees);
/// x_in = x + factor * y.
Image shear_x(const Image& image, double factor);
/// y_in = y + factor * x.
Image shear_y(const Image& image, double factor);
/// x_in = x + share * width: positive shares move the content to the left.
Image translate_x(const Image& image, double share);
/// y_in = y + share * height: positive shares move the content up.
Image translate_y(const Image& image, double share);

}  // namespace staircase::data
