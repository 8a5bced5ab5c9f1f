#include "staircase/formats/zip_writer.h"

#include <algorithm>
#include <initializer_list>
#include <type_traits>

#include "staircase/formats/tensor_bytes.h"
#include "staircase/formats/zip_format.h"

namespace staircase::formats {
namespace {

constexpr uint64_t alignment = 64;
constexpr uint16_t version_needed = 45;             // the first with 64-bit records
constexpr uint16_t extra_padding = 0x4246;          // "FB", as torch.save marks it
constexpr uint32_t first_day_of_1980 = 0x00210000;  // date and time; torch.save's zero is no date

/// Appends little-endian numbers to a record.
class Record {
 public:
  template <class Number>
  Record& put(std::type_identity_t<Number> value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof(Number));
    return *this;
  }
  Record& u16(uint16_t value) { return put<uint16_t>(value); }
  Record& u32(uint32_t value) { return put<uint32_t>(value); }
  Record& u64(uint64_t value) { return put<uint64_t>(value); }
  Record& text(std::string_view value) {
    bytes_.append(value);
    return *this;
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

uint32_t narrow(uint64_t value) { return static_cast<uint32_t>(std::min<uint64_t>(value, zip::in_extra)); }

/// The numbers that do not fit 32 bits, as an extra field; nothing when all fit.
std::string wide_field(std::initializer_list<uint64_t> numbers) {
  Record wide;
  for (uint64_t number : numbers)
    if (number >= zip::in_extra) wide.u64(number);
  if (wide.bytes().empty()) return "";
  const auto length = static_cast<uint16_t>(wide.bytes().size());
  return Record().u16(zip::extra_zip64).u16(length).text(wide.bytes()).bytes();
}

}  // namespace

void ZipWriter::write(std::string_view bytes) {
  out_.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  written_ += bytes.size();
}

void ZipWriter::add(const std::string& name, std::string_view bytes) {
  const Entry entry{name, written_, bytes.size(), crc32(bytes)};
  std::string extra = wide_field({entry.size, entry.size});
  const uint64_t unpadded = written_ + zip::local_size + name.size() + extra.size() + 4;
  const uint64_t padding = (alignment - unpadded % alignment) % alignment;
  extra += Record().u16(extra_padding).u16(static_cast<uint16_t>(padding)).bytes();
  extra.append(padding, 'Z');
  Record local;
  local.u32(zip::local_signature).u16(version_needed).u16(zip::flag_utf8).u16(0);
  local.u32(first_day_of_1980).u32(entry.crc).u32(narrow(entry.size)).u32(narrow(entry.size));
  local.u16(static_cast<uint16_t>(name.size())).u16(static_cast<uint16_t>(extra.size()));
  write(local.text(name).text(extra).bytes());
  write(bytes);
  entries_.push_back(entry);
}

void ZipWriter::finish() {
  const uint64_t start = written_;
  for (const Entry& entry : entries_) {
    const std::string extra = wide_field({entry.size, entry.size, entry.offset});
    Record central;
    central.u32(zip::central_signature).u16(version_needed).u16(version_needed);
    central.u16(zip::flag_utf8).u16(0).u32(first_day_of_1980).u32(entry.crc);
    central.u32(narrow(entry.size)).u32(narrow(entry.size));
    central.u16(static_cast<uint16_t>(entry.name.size())).u16(static_cast<uint16_t>(extra.size()));
    central.u16(0).u16(0).u16(0).u32(0).u32(narrow(entry.offset));
    write(central.text(entry.name).text(extra).bytes());
  }
  const uint64_t end = written_, size = end - start, count = entries_.size();
  Record last;
  last.u32(zip::end64_signature).u64(zip::end64_size - 12).u16(version_needed).u16(version_needed);
  last.u32(0).u32(0).u64(count).u64(count).u64(size).u64(start);
  last.u32(zip::locator64_signature).u32(0).u64(end).u32(1);
  const auto count16 = static_cast<uint16_t>(std::min<uint64_t>(count, zip::in_extra16));
  last.u32(zip::end_signature).u16(0).u16(0).u16(count16).u16(count16);
  last.u32(narrow(size)).u32(narrow(start)).u16(0);
  write(last.bytes());
}

}  // namespace staircase::formats
