#pragma once

#include <string>

#include "staircase/data/image.h"

namespace staircase::data {

/// The bytes of a PNG file. Throws std::runtime_error when the image cannot be encoded.
std::string encode_png(const Image& image);

/// The bytes of a JPEG file with chroma at half the resolution; quality 1 to 100. Throws the same.
std::string encode_jpeg(const Image& image, int quality);

}  // namespace staircase::data
