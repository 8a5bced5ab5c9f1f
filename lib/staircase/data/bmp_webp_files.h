#pragma once

#include "staircase/data/image_file.h"

namespace staircase::data {

bool is_bmp(std::string_view bytes);
/// Reads the headers of a Windows bitmap and whether all pixels that they promise are there.
/// Source: Microsoft, BITMAPFILEHEADER and BITMAPINFOHEADER.
ImageFileCheck check_bmp(std::string_view bytes);

bool is_webp(std::string_view bytes);
/// Walks the chunks of a WebP; an animation is a fault.
/// Source: RFC 9649.
ImageFileCheck check_webp(std::string_view bytes);

}  // namespace staircase::data
