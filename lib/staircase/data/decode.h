#pragma once

#include <filesystem>

#include "staircase/data/image.h"

namespace staircase::data {

/// Reads a JPEG or PNG as 3 channels, red green blue, 8 bit. What the file is, its first bytes say,
/// not its name. EXIF orientation is applied; gray, palette and CMYK become RGB as Pillow's
/// convert("RGB") makes them, alpha is dropped, 16 bits are cut to 8.
/// Throws BadImage naming the path when the file is missing, unreadable, cut short (no end marker;
/// OpenCV alone decodes a JPEG cut to a tenth as a whole image), damaged, of another format, or
/// declares more than 100 million pixels or 65535 along a side.
Image decode_image(const std::filesystem::path& path);

}  // namespace staircase::data
