#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

namespace staircase::formats {

/// Takes little-endian numbers and ranges from bytes, and never passes their end.
/// The caller says what went wrong: `Fail` is called with no argument and must throw.
template <class Fail>
class ByteCursor {
 public:
  ByteCursor(std::string_view bytes, Fail fail) : bytes_(bytes), fail_(fail) {}

  template <class Number>
  Number number() {
    static_assert(std::is_arithmetic_v<Number>);
    Number value;
    std::memcpy(&value, range(sizeof value).data(), sizeof value);
    return value;
  }
  uint16_t u16() { return number<uint16_t>(); }
  uint32_t u32() { return number<uint32_t>(); }
  uint64_t u64() { return number<uint64_t>(); }

  std::string_view range(uint64_t length) {
    if (length > left()) fail_();
    const std::string_view taken = bytes_.substr(at_, length);
    at_ += length;
    return taken;
  }
  void skip(uint64_t length) { range(length); }
  /// Up to the next newline, which is taken too.
  std::string_view line() {
    const size_t end = bytes_.find('\n', at_);
    if (end == std::string_view::npos) fail_();
    const std::string_view taken = bytes_.substr(at_, end - at_);
    at_ = end + 1;
    return taken;
  }
  uint64_t at() const { return at_; }
  uint64_t left() const { return bytes_.size() - at_; }

 private:
  std::string_view bytes_;
  size_t at_ = 0;
  Fail fail_;
};

}  // namespace staircase::formats
