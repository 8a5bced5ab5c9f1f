#include "staircase/data/bmp_webp_files.h"

#include "staircase/data/image_bytes.h"

namespace staircase::data {
namespace {

constexpr const char* cut_short = "is cut short: bytes that it declares are missing";

}  // namespace

bool is_bmp(std::string_view bytes) { return bytes.substr(0, 2) == "BM"; }

ImageFileCheck check_bmp(std::string_view bytes) {
  const size_t file_header = 14, core_header = 12;
  if (bytes.size() < file_header + 24) return {cut_short};
  const uint64_t pixels_at = little_endian(bytes, 10, 4);
  ImageFileCheck check;
  uint64_t bits = 0, compression = 0, declared = 0;
  if (little_endian(bytes, file_header, 4) == core_header) {
    check.width = little_endian(bytes, 18, 2);
    check.height = little_endian(bytes, 20, 2);
    bits = little_endian(bytes, 24, 2);
  } else {
    check.width = static_cast<int32_t>(little_endian(bytes, 18, 4));
    check.height = static_cast<int32_t>(little_endian(bytes, 22, 4));
    if (check.height < 0) check.height = -check.height;  // the first row is the upper one
    bits = little_endian(bytes, 28, 2);
    compression = little_endian(bytes, 30, 4);
    declared = little_endian(bytes, 34, 4);
  }
  if (check.width <= 0 || check.height <= 0) return {"declares no size"};
  const bool run_lengths = compression == 1 || compression == 2;
  const uint64_t row = (static_cast<uint64_t>(check.width) * bits + 31) / 32 * 4;
  const uint64_t expected = run_lengths ? declared : row * static_cast<uint64_t>(check.height);
  if (pixels_at + expected > bytes.size()) check.fault = cut_short;
  return check;
}

bool is_webp(std::string_view bytes) { return bytes.substr(0, 4) == "RIFF" && bytes.substr(8, 4) == "WEBP"; }

ImageFileCheck check_webp(std::string_view bytes) {
  const uint64_t end = uint64_t{8} + little_endian(bytes, 4, 4);
  if (end > bytes.size()) return {cut_short};
  ImageFileCheck check;
  for (uint64_t at = 12; at + 8 <= end;) {
    const std::string_view type = bytes.substr(at, 4), content = bytes.substr(at + 8);
    const uint64_t length = little_endian(bytes, at + 4, 4);
    if (at + 8 + length > end) return {cut_short};
    if (type == "ANIM" || type == "ANMF") return {"is an animation, which is not read"};
    if (type == "VP8 " && length >= 10) {
      check.width = little_endian(content, 6, 2) & 0x3fffU;
      check.height = little_endian(content, 8, 2) & 0x3fffU;
    }
    if (type == "VP8L" && length >= 5) {
      const uint32_t sizes = little_endian(content, 1, 4);
      check.width = (sizes & 0x3fffU) + 1;
      check.height = ((sizes >> 14) & 0x3fffU) + 1;
    }
    at += 8 + length + length % 2;
  }
  if (check.width <= 0 || check.height <= 0) check.fault = "declares no size";
  return check;
}

}  // namespace staircase::data
