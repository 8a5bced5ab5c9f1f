#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace staircase::data {

/// What the bytes of an image file say before anything is decoded.
struct ImageFileCheck {
  std::string fault;  ///< empty: complete; else what is wrong, "is cut short: it has no end marker"
  int64_t width = 0, height = 0;
};

/// Whether bytes begin as a JPEG does.
bool is_jpeg(std::string_view bytes);

/// Walks the markers of a JPEG (SOI to EOI, past thumbnails inside segments), the chunks of a PNG
/// (signature to IEND, with the checksums of the critical ones), or what tiff_file.h and bmp_webp_files.h say. Bytes
/// after the end are tolerated.
/// Source: ITU-T T.81, annex B; PNG, third edition, section 5.
ImageFileCheck check_image_file(std::string_view bytes);

}  // namespace staircase::data
