#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "staircase/formats/mapped_file.h"

namespace staircase::formats {

/// One stored file in a zip. `name` points into the mapping.
struct ZipEntry {
  std::string_view name;
  uint64_t offset = 0;  ///< of the first byte of its data
  uint64_t size = 0;
  uint32_t crc = 0;
};

/// The directory of a zip whose entries are stored, not compressed, as torch.save writes it.
/// The whole structure is checked on opening: records, names, ranges that overlap nowhere.
/// Source: APPNOTE.TXT 6.3.9, https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
class ZipReader {
 public:
  /// Throws RequestError naming the file and the place.
  explicit ZipReader(std::shared_ptr<const MappedFile> file);

  /// In the order of their names.
  const std::vector<ZipEntry>& entries() const { return entries_; }
  /// Null when there is none of that name.
  const ZipEntry* find(std::string_view name) const;
  /// An entry's bytes, in the mapping. Throws RequestError naming the entry when its CRC is wrong.
  std::string_view read(const ZipEntry& entry) const;
  const MappedFile& file() const { return *file_; }

 private:
  std::shared_ptr<const MappedFile> file_;
  std::vector<ZipEntry> entries_;
};

}  // namespace staircase::formats
