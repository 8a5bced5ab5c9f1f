#pragma once

#include <cstdint>
#include <string_view>

namespace staircase::data {

/// Numbers in the bytes of a file; `at + count` lies within them.
inline uint32_t byte_at(std::string_view bytes, size_t i) { return static_cast<unsigned char>(bytes[i]); }

inline uint32_t big_endian(std::string_view bytes, size_t at, int count) {
  uint32_t value = 0;
  for (int i = 0; i < count; ++i) value = value << 8 | byte_at(bytes, at + static_cast<size_t>(i));
  return value;
}

inline uint32_t little_endian(std::string_view bytes, size_t at, int count) {
  uint32_t value = 0;
  for (int i = count; i-- > 0;) value = value << 8 | byte_at(bytes, at + static_cast<size_t>(i));
  return value;
}

}  // namespace staircase::data
