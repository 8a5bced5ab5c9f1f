#include "staircase/data/image_file.h"

#include <zlib.h>

#include <algorithm>
#include <cstring>

#include "staircase/data/bmp_webp_files.h"
#include "staircase/data/image_bytes.h"
#include "staircase/data/tiff_file.h"

namespace staircase::data {
namespace {

constexpr std::string_view png_signature = "\x89PNG\r\n\x1a\n";
constexpr const char* cut_short = "is cut short: it has no end marker";

/// Start of frame: C0 to CF without DHT (C4), JPG (C8) and DAC (CC).
bool is_frame(uint32_t marker) {
  return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

/// From entropy-coded data to the next marker's FF: not a stuffed zero, not a restart.
size_t end_of_scan(std::string_view bytes, size_t at) {
  while (at + 1 < bytes.size()) {
    const void* found = std::memchr(bytes.data() + at, 0xff, bytes.size() - 1 - at);
    if (!found) break;
    at = static_cast<size_t>(static_cast<const char*>(found) - bytes.data());
    const uint32_t next = byte_at(bytes, at + 1);
    if (next != 0x00 && next != 0xff && (next < 0xd0 || next > 0xd7)) return at;
    at += next == 0xff ? 1 : 2;
  }
  return bytes.size();
}

ImageFileCheck check_jpeg(std::string_view bytes) {
  ImageFileCheck check;
  size_t at = 2;
  while (at + 1 < bytes.size()) {
    if (byte_at(bytes, at) != 0xff) {
      ++at;  // decoders skip stray bytes between segments
      continue;
    }
    const uint32_t marker = byte_at(bytes, at + 1);
    if (marker == 0xd9) {
      if (check.width <= 0 || check.height <= 0) check.fault = "declares no size";
      return check;
    }
    if (marker == 0xff) {
      ++at;  // a fill byte
      continue;
    }
    at += 2;
    if (marker == 0x00 || marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8)) continue;
    if (at + 2 > bytes.size()) break;
    const size_t length = big_endian(bytes, at, 2);
    if (length < 2 || at + length > bytes.size()) break;
    if (is_frame(marker) && length >= 8) {
      check.height = std::max<int64_t>(check.height, big_endian(bytes, at + 3, 2));
      check.width = std::max<int64_t>(check.width, big_endian(bytes, at + 5, 2));
    }
    at += length;
    if (marker == 0xda) at = end_of_scan(bytes, at);
  }
  check.fault = cut_short;
  return check;
}

ImageFileCheck check_png(std::string_view bytes) {
  ImageFileCheck check;
  size_t at = png_signature.size();
  while (at + 12 <= bytes.size()) {
    const size_t length = big_endian(bytes, at, 4);
    if (length > bytes.size() - at - 12) break;
    const std::string_view type = bytes.substr(at + 4, 4);
    const auto* content = reinterpret_cast<const Bytef*>(bytes.data() + at + 4);
    const bool critical = (byte_at(bytes, at + 4) & 0x20) == 0;
    if (critical && crc32(0, content, static_cast<uInt>(length + 4)) != big_endian(bytes, at + 8 + length, 4)) {
      check.fault = "is damaged: a checksum does not match";
      return check;
    }
    if (type == "IHDR" && length >= 8) {
      check.width = big_endian(bytes, at + 8, 4);
      check.height = big_endian(bytes, at + 12, 4);
    }
    if (type == "IEND") {
      if (check.width <= 0 || check.height <= 0) check.fault = "declares no size";
      return check;
    }
    at += 12 + length;
  }
  check.fault = cut_short;
  return check;
}

}  // namespace

bool is_jpeg(std::string_view bytes) { return bytes.substr(0, 3) == "\xff\xd8\xff"; }

ImageFileCheck check_image_file(std::string_view bytes) {
  if (bytes.empty()) return {"is empty"};
  if (is_jpeg(bytes)) return check_jpeg(bytes);
  if (bytes.substr(0, png_signature.size()) == png_signature) return check_png(bytes);
  if (is_webp(bytes)) return check_webp(bytes);
  if (is_bmp(bytes)) return check_bmp(bytes);
  if (is_tiff(bytes)) return check_tiff(bytes);
  return {"is none of JPEG, PNG, WebP, BMP and TIFF"};
}

}  // namespace staircase::data
