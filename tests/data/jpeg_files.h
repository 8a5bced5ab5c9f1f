#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <jpeglib.h>

namespace staircase::tests {

/// How a JPEG is written.
struct JpegKind {
  const char* name;
  J_COLOR_SPACE color = JCS_YCbCr;  ///< in the file; JCS_GRAYSCALE, JCS_RGB, JCS_CMYK, JCS_YCCK
  int h = 1, v = 1;                 ///< pixels of one of chroma's, to the right and down
  bool progressive = false;
  int restart_rows = 0;
  bool adobe = true;  ///< whether CMYK says so
};

inline const std::vector<JpegKind>& jpeg_kinds() {
  static const std::vector<JpegKind> kinds{
      {"4:4:4", JCS_YCbCr, 1, 1},
      {"4:2:2", JCS_YCbCr, 2, 1},
      {"4:2:0", JCS_YCbCr, 2, 2},
      {"4:4:0", JCS_YCbCr, 1, 2},
      {"4:1:1", JCS_YCbCr, 4, 1},
      {"4:1:0", JCS_YCbCr, 4, 2},
      {"gray", JCS_GRAYSCALE},
      {"RGB", JCS_RGB},
      {"CMYK", JCS_CMYK},
      {"CMYK without a marker", JCS_CMYK, 1, 1, false, 0, false},
      {"YCCK", JCS_YCCK},
      {"YCCK 4:2:0", JCS_YCCK, 2, 2},
      {"progressive 4:4:4", JCS_YCbCr, 1, 1, true},
      {"progressive 4:2:2", JCS_YCbCr, 2, 1, true},
      {"progressive 4:2:0", JCS_YCbCr, 2, 2, true},
      {"progressive gray", JCS_GRAYSCALE, 1, 1, true},
      {"progressive YCCK", JCS_YCCK, 2, 2, true},
      {"4:2:0 with restarts", JCS_YCbCr, 2, 2, false, 1},
  };
  return kinds;
}

/// The bytes of a JPEG of noise on a slope, so that every pixel differs from those around it.
inline std::string make_jpeg(const JpegKind& kind, int width, int height, int quality = 85) {
  jpeg_compress_struct jpeg{};
  jpeg_error_mgr errors;
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_compress(&jpeg);
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&jpeg, &bytes, &size);
  const bool four = kind.color == JCS_CMYK || kind.color == JCS_YCCK;
  jpeg.image_width = static_cast<JDIMENSION>(width);
  jpeg.image_height = static_cast<JDIMENSION>(height);
  jpeg.input_components = kind.color == JCS_GRAYSCALE ? 1 : four ? 4 : 3;
  jpeg.in_color_space = kind.color == JCS_GRAYSCALE ? JCS_GRAYSCALE : four ? JCS_CMYK : JCS_RGB;
  jpeg_set_defaults(&jpeg);
  jpeg_set_colorspace(&jpeg, kind.color);
  jpeg_set_quality(&jpeg, quality, TRUE);
  jpeg.comp_info[0].h_samp_factor = kind.h;
  jpeg.comp_info[0].v_samp_factor = kind.v;
  if (kind.color == JCS_YCCK) {
    jpeg.comp_info[3].h_samp_factor = kind.h;
    jpeg.comp_info[3].v_samp_factor = kind.v;
  }
  if (kind.progressive) jpeg_simple_progression(&jpeg);
  jpeg.restart_in_rows = kind.restart_rows;
  jpeg.write_Adobe_marker = kind.adobe ? jpeg.write_Adobe_marker : FALSE;
  jpeg_start_compress(&jpeg, TRUE);
  std::vector<JSAMPLE> row(static_cast<size_t>(width * jpeg.input_components));
  uint32_t noise = 12345;
  for (int y = 0; y < height; ++y) {
    for (size_t i = 0; i < row.size(); ++i) {
      noise = noise * 1664525 + 1013904223;
      row[i] = static_cast<JSAMPLE>(static_cast<size_t>(2 * y) + i + (noise >> 26));
    }
    JSAMPROW from = row.data();
    jpeg_write_scanlines(&jpeg, &from, 1);
  }
  jpeg_finish_compress(&jpeg);
  jpeg_destroy_compress(&jpeg);
  std::string result(reinterpret_cast<char*>(bytes), size);
  std::free(bytes);
  return result;
}

/// The same JPEG with EXIF data that tell its orientation.
inline std::string with_orientation(std::string jpeg, int orientation) {
  std::string exif(
      "\xff\xe1\x00\x22"
      "Exif\0\0"
      "II*\0\x08\0\0\0"
      "\x01\0"
      "\x12\x01\x03\0\x01\0\0\0",
      28);
  exif += static_cast<char>(orientation);
  exif += std::string(7, '\0');
  return jpeg.insert(2, exif);
}

}  // namespace staircase::tests
