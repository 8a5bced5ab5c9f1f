#include "staircase/formats/zip_reader.h"

#include <algorithm>

#include "staircase/base/errors.h"
#include "staircase/formats/byte_cursor.h"
#include "staircase/formats/tensor_bytes.h"
#include "staircase/formats/zip_format.h"

namespace staircase::formats {
namespace {

constexpr uint64_t max_entries = 200'000;

[[noreturn]] void fail(const MappedFile& file, const std::string& what) {
  throw RequestError(file.name() + ": " + what);
}

auto cursor_at(const MappedFile& file, uint64_t offset, const char* place) {
  const auto cut = [&file, place] { fail(file, std::string(place) + " of the zip is cut"); };
  if (offset > file.size()) cut();
  return ByteCursor(file.bytes().substr(offset), cut);
}

/// Where the central directory lies, from the record at the end of the file.
struct Directory {
  uint64_t offset = 0, size = 0, count = 0;
};

/// The end record is the last one whose comment reaches exactly the end of the file.
uint64_t find_end_record(const MappedFile& file) {
  const uint64_t furthest = std::min<uint64_t>(file.size(), zip::end_size + 0xffff);
  for (uint64_t back = zip::end_size; back <= furthest; ++back) {
    auto record = cursor_at(file, file.size() - back, "the end record");
    if (record.u32() != zip::end_signature) continue;
    record.skip(16);
    if (record.u16() == back - zip::end_size) return file.size() - back;
  }
  fail(file, "the zip has no end record: the file is cut, or no zip");
}

/// Reads the 64-bit record where there is one and demands that both records agree.
void read_end64(const MappedFile& file, uint64_t& end, Directory& directory) {
  if (end < zip::locator64_size) return;
  auto locator = cursor_at(file, end - zip::locator64_size, "the zip64 locator");
  if (locator.u32() != zip::locator64_signature) return;
  const uint32_t disk = locator.u32();
  const uint64_t offset = locator.u64();
  if (disk != 0 || offset > end || end - offset != zip::end64_size + zip::locator64_size)
    fail(file, "the zip64 locator of the zip points to byte " + std::to_string(offset) +
                   ", where no zip64 end record can be");
  auto record = cursor_at(file, offset, "the zip64 end record");
  const bool sound = record.u32() == zip::end64_signature && record.u64() == zip::end64_size - 12;
  record.skip(20);  // versions, disks, entries on this disk
  Directory found;
  found.count = record.u64();
  found.size = record.u64();
  found.offset = record.u64();
  const bool agree = (directory.count == zip::in_extra16 || directory.count == found.count) &&
                     (directory.size == zip::in_extra || directory.size == found.size) &&
                     (directory.offset == zip::in_extra || directory.offset == found.offset);
  if (!sound || !agree) fail(file, "the zip64 end record of the zip is damaged");
  directory = found;
  end = offset;
}

Directory find_directory(const MappedFile& file) {
  uint64_t end = find_end_record(file);
  auto record = cursor_at(file, end + 4, "the end record");
  Directory directory;
  const bool one_disk = record.u16() == 0 && record.u16() == 0;
  const uint16_t count_here = record.u16();
  directory.count = record.u16();
  directory.size = record.u32();
  directory.offset = record.u32();
  if (!one_disk || count_here != directory.count) fail(file, "the zip spans several disks");
  read_end64(file, end, directory);
  if (directory.offset > end || directory.size != end - directory.offset)
    fail(file, "the zip's directory is said to lie at bytes " + std::to_string(directory.offset) + " and take " +
                   std::to_string(directory.size) + ", but it must reach its end record at byte " +
                   std::to_string(end));
  if (directory.count > max_entries)
    fail(file, "the zip holds more than " + std::to_string(max_entries) + " entries, which is the most allowed");
  return directory;
}

/// Replaces the numbers that did not fit 32 bits by those of the zip64 extra field.
void widen(const MappedFile& file, std::string_view extra, std::initializer_list<uint64_t*> numbers) {
  const auto is_wide = [](const uint64_t* number) { return *number == zip::in_extra; };
  if (std::none_of(numbers.begin(), numbers.end(), is_wide)) return;
  const auto lacking = [&file] { fail(file, "a zip64 extra field of the zip is cut or missing"); };
  ByteCursor fields(extra, lacking);
  while (true) {
    const uint16_t id = fields.u16();
    const std::string_view field = fields.range(fields.u16());
    if (id != zip::extra_zip64) continue;
    ByteCursor wide(field, lacking);
    for (uint64_t* number : numbers)
      if (is_wide(number)) *number = wide.u64();
    return;
  }
}

/// One record of the central directory. On return `offset` is that of the local record.
template <class Cursor>
ZipEntry read_central(const MappedFile& file, Cursor& record) {
  if (record.u32() != zip::central_signature) fail(file, "the zip's directory is damaged");
  record.skip(4);  // versions
  const uint16_t flags = record.u16(), method = record.u16();
  record.skip(4);  // time and date
  ZipEntry entry;
  entry.crc = record.u32();
  uint64_t stored = record.u32();
  entry.size = record.u32();
  const uint16_t name_length = record.u16(), extra_length = record.u16();
  const uint16_t comment_length = record.u16(), disk = record.u16();
  record.skip(6);  // attributes
  entry.offset = record.u32();
  entry.name = record.range(name_length);
  widen(file, record.range(extra_length), {&entry.size, &stored, &entry.offset});
  record.skip(comment_length);
  const std::string place = "the zip entry " + quoted_name(std::string(entry.name));
  if (flags & zip::flag_encrypted) fail(file, place + " is encrypted");
  if (method != 0 || stored != entry.size)
    fail(file, place + " is compressed, but torch.save stores its entries as they are");
  if (disk != 0) fail(file, place + " lies on another disk");
  return entry;
}

/// Checks the record before the data against the directory and moves `offset` to the data.
void enter_local(const MappedFile& file, uint64_t directory_offset, ZipEntry& entry) {
  const std::string place = "the zip entry " + quoted_name(std::string(entry.name));
  const uint64_t start = entry.offset;
  auto record = cursor_at(file, start, "a local record");
  const bool signed_ = record.u32() == zip::local_signature;
  record.skip(2);
  const uint16_t flags = record.u16(), method = record.u16();
  record.skip(4);
  const uint32_t crc = record.u32();
  uint64_t stored = record.u32(), size = record.u32();
  const uint16_t name_length = record.u16(), extra_length = record.u16();
  const std::string_view name = record.range(name_length);
  const std::string_view extra = record.range(extra_length);
  if (!signed_ || name != entry.name || method != 0)
    fail(file, place + " is said to lie at byte " + std::to_string(start) + ", but it does not");
  if (!(flags & zip::flag_sizes_follow)) {
    widen(file, extra, {&size, &stored});
    if (size != entry.size || stored != entry.size || crc != entry.crc)
      fail(file, place + " has another size or CRC than the zip's directory says");
  }
  entry.offset = start + record.at();
  if (entry.offset > directory_offset || entry.size > directory_offset - entry.offset)
    fail(file, place + " of " + std::to_string(entry.size) + " bytes reaches past the data of the zip");
}

void check_overlap(const MappedFile& file, std::vector<std::pair<uint64_t, uint64_t>>& ranges) {
  std::sort(ranges.begin(), ranges.end());
  for (size_t i = 1; i < ranges.size(); ++i)
    if (ranges[i].first < ranges[i - 1].second)
      fail(file, "two entries of the zip overlap at byte " + std::to_string(ranges[i].first));
}

}  // namespace

ZipReader::ZipReader(std::shared_ptr<const MappedFile> file) : file_(std::move(file)) {
  const Directory directory = find_directory(*file_);
  auto record = cursor_at(*file_, directory.offset, "the directory");
  std::vector<std::pair<uint64_t, uint64_t>> ranges;
  for (uint64_t i = 0; i < directory.count; ++i) {
    ZipEntry entry = read_central(*file_, record);
    if (record.at() > directory.size) fail(*file_, "the zip's directory is damaged");
    const uint64_t start = entry.offset;
    enter_local(*file_, directory.offset, entry);
    ranges.emplace_back(start, entry.offset + entry.size);
    entries_.push_back(entry);
  }
  if (record.at() != directory.size)
    fail(*file_, "the zip's directory takes " + std::to_string(directory.size) + " bytes, but its " +
                     std::to_string(directory.count) + " entries end at " + std::to_string(record.at()));
  check_overlap(*file_, ranges);
  const auto by_name = [](const ZipEntry& a, const ZipEntry& b) { return a.name < b.name; };
  std::sort(entries_.begin(), entries_.end(), by_name);
  for (size_t i = 1; i < entries_.size(); ++i)
    if (entries_[i].name == entries_[i - 1].name)
      fail(*file_, "the zip entry " + quoted_name(std::string(entries_[i].name)) + " stands twice");
}

const ZipEntry* ZipReader::find(std::string_view name) const {
  const auto found =
      std::lower_bound(entries_.begin(), entries_.end(), name,
                       [](const ZipEntry& entry, std::string_view wanted) { return entry.name < wanted; });
  return found == entries_.end() || found->name != name ? nullptr : &*found;
}

std::string_view ZipReader::read(const ZipEntry& entry) const {
  const std::string_view bytes = file_->bytes().substr(entry.offset, entry.size);
  if (crc32(bytes) != entry.crc)
    fail(*file_,
         "the zip entry " + quoted_name(std::string(entry.name)) + " is damaged: its CRC is not the one written");
  return bytes;
}

}  // namespace staircase::formats
