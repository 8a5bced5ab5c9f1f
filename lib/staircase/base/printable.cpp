#include "staircase/base/printable.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "staircase/base/text.h"

namespace staircase {
namespace {

unsigned char byte_at(std::string_view text, size_t at) { return static_cast<unsigned char>(text[at]); }

/// Bytes of the UTF-8 character that begins there, and its number; no bytes: none does. Source: RFC 3629.
struct Character {
  size_t bytes = 0;
  uint32_t number = 0;
};

Character character_at(std::string_view text, size_t at) {
  const unsigned char first = byte_at(text, at);
  if (first < 0x80) return {1, first};
  const size_t bytes = first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;
  if (bytes == 0 || at + bytes > text.size()) return {};
  uint32_t number = first & (0xFFU >> (bytes + 1));
  for (size_t i = 1; i < bytes; ++i) {
    if ((byte_at(text, at + i) & 0xC0U) != 0x80U) return {};
    number = number << 6 | (byte_at(text, at + i) & 0x3FU);
  }
  const std::array<uint32_t, 5> lowest{0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = number >= 0xD800 && number <= 0xDFFF;
  return number < lowest[bytes] || surrogate || number > 0x10FFFF ? Character{} : Character{bytes, number};
}

/// C0, DEL, C1, and the marks that change the direction of what follows.
bool is_control(uint32_t number) {
  return number < 0x20 || (number >= 0x7F && number < 0xA0) || (number >= 0x202A && number <= 0x202E) ||
         (number >= 0x2066 && number <= 0x2069);
}

}  // namespace

std::string printable(std::string_view text, bool keep_lines) {
  std::string shown;
  shown.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    const Character next = character_at(text, at);
    if (next.bytes == 0) shown += "\xEF\xBF\xBD";
    else if (is_control(next.number) && !(keep_lines && next.number == '\n'))
      shown += "\\u" + hexadecimal(next.number, 4);
    else shown += text.substr(at, next.bytes);
    at += std::max<size_t>(next.bytes, 1);
  }
  return shown;
}

}  // namespace staircase
