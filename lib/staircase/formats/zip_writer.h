#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace staircase::formats {

/// Writes a zip of stored entries as torch.save does: data at multiples of 64 bytes, 64-bit
/// records. The same entries give the same bytes: no time, no machine is written.
class ZipWriter {
 public:
  explicit ZipWriter(std::ostream& out) : out_(out) {}
  void add(const std::string& name, std::string_view bytes);
  /// The directory; call it once, last.
  void finish();

 private:
  struct Entry {
    std::string name;
    uint64_t offset;
    uint64_t size;
    uint32_t crc;
  };
  void write(std::string_view bytes);

  std::ostream& out_;
  uint64_t written_ = 0;
  std::vector<Entry> entries_;
};

}  // namespace staircase::formats
