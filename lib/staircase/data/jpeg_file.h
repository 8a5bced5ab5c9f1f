#pragma once

#include <string_view>

#include "staircase/data/image_part.h"

namespace staircase::data {

/// The bytes make no image that can be decoded.
struct Undecodable {};

/// Decodes a JPEG as 3 channels, or the part of it that is wanted, upright as its EXIF data say: of the pixels around
/// it only as many are made as decide what it looks like, so that they are those of the whole image to the bit. CMYK
/// becomes RGB as c * k / 255 of the inverted values that printers' programs write.
/// `bytes`: what check_image_file lets through. Throws Undecodable.
/// Source: libjpeg-turbo 2.1, libjpeg.txt ("Partial image decompression"); the slow integer DCT and smooth chroma.
ImagePart decode_jpeg(std::string_view bytes, const ChoosePart& choose);

}  // namespace staircase::data
