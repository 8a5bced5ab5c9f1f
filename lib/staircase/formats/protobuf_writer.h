#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

namespace staircase::formats {

/// Writes one message in protobuf's wire format, field by field, for messages of few fields.
/// Source: protobuf's documentation, "Encoding".
class ProtobufWriter {
 public:
  ProtobufWriter& integer(int64_t field, int64_t value) {
    key(field, 0);
    return varint(static_cast<uint64_t>(value));
  }
  ProtobufWriter& real(int64_t field, double value) {
    key(field, 1);
    return fixed(std::bit_cast<uint64_t>(value), 8);
  }
  ProtobufWriter& single(int64_t field, float value) {
    key(field, 5);
    return fixed(std::bit_cast<uint32_t>(value), 4);
  }
  ProtobufWriter& text(int64_t field, std::string_view value) {
    key(field, 2);
    varint(value.size());
    bytes_ += value;
    return *this;
  }
  ProtobufWriter& message(int64_t field, const ProtobufWriter& value) { return text(field, value.bytes_); }

  const std::string& bytes() const { return bytes_; }

 private:
  void key(int64_t field, uint64_t wire_type) { varint(static_cast<uint64_t>(field) << 3 | wire_type); }
  ProtobufWriter& varint(uint64_t value) {
    for (; value > 127; value >>= 7) bytes_ += static_cast<char>((value & 127) | 128);
    bytes_ += static_cast<char>(value);
    return *this;
  }
  ProtobufWriter& fixed(uint64_t value, int size) {
    for (int i = 0; i < size; ++i) bytes_ += static_cast<char>(value >> (8 * i) & 255);
    return *this;
  }

  std::string bytes_;
};

}  // namespace staircase::formats
