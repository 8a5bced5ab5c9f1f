#include "staircase/data/folder_index.h"

#include <zlib.h>

#include <algorithm>
#include <bit>
#include <fstream>

#include "staircase/base/errors.h"
#include "staircase/base/files.h"
#include "staircase/data/folder_listing.h"

namespace staircase::data {
namespace fs = std::filesystem;

static_assert(std::endian::native == std::endian::little, "the index holds numbers as they are in memory");

/// Bytes of a table in and out of a file, with a checksum over all of them. The file: the text below, what FolderIndex
/// holds in the order of its fields (a text or list begins with its length, 8 bytes), and CRC-32 of all before it.
class TableFile {
 public:
  static constexpr std::string_view magic = "staircase folder index 2\n";

  explicit TableFile(std::ostream& out) : out_(&out) {}
  TableFile(std::istream& in, uint64_t size) : in_(&in), left_(size) {}

  /// One function for both directions, so that they cannot differ.
  void visit(FolderIndex& index) {
    std::string begin(magic);
    raw(begin.data(), begin.size());
    if (begin != magic) throw Damaged{};
    text(index.folder);
    number(index.stamp);
    list(index.parts, [this](FolderPart& part) {
      text(part.name);
      number(part.stamp);
      list(part.files.folders_, [this](FileTable::Folder& folder) {
        text(folder.name);
        number(folder.stamp);
        number(folder.end);
      });
      text(part.files.names_);
      numbers(part.files.name_ends_);
      numbers(part.files.bytes_);
      check(part.files);
      counts(part.passed_over.left_out);
      counts(part.passed_over.left_behind);
    });
    counts(index.passed_over.left_out);
    counts(index.passed_over.left_behind);
    const uint64_t expected = crc_;
    uint64_t found = expected;
    number(found);
    if (found != expected) throw Damaged{};
  }

  struct Damaged {};

 private:
  void raw(void* bytes, uint64_t size) {
    if (out_) {
      out_->write(static_cast<const char*>(bytes), static_cast<std::streamsize>(size));
    } else {
      if (size > left_ || !in_->read(static_cast<char*>(bytes), static_cast<std::streamsize>(size))) throw Damaged{};
      left_ -= size;
    }
    crc_ = ::crc32_z(crc_, static_cast<const Bytef*>(bytes), size);
  }

  template <class T>
  void number(T& value) {
    static_assert(std::is_trivially_copyable_v<T> && std::has_unique_object_representations_v<T>);
    raw(&value, sizeof value);
  }

  /// The length of a list whose elements take `each` bytes or more; never more than the file can hold.
  uint64_t length(uint64_t size, uint64_t each) {
    number(size);
    if (in_ && size > left_ / each) throw Damaged{};
    return size;
  }

  void text(std::string& value) {
    value.resize(length(value.size(), 1));
    raw(value.data(), value.size());
  }

  void numbers(std::vector<uint64_t>& values) {
    values.resize(length(values.size(), sizeof(uint64_t)));
    raw(values.data(), values.size() * sizeof(uint64_t));
  }

  template <class T, class Each>
  void list(std::vector<T>& values, Each&& each) {
    values.resize(length(values.size(), sizeof(uint64_t)));
    for (T& value : values) each(value);
  }

  void counts(std::map<std::string, uint64_t>& values) {
    std::vector<std::pair<std::string, uint64_t>> pairs(values.begin(), values.end());
    list(pairs, [this](auto& pair) {
      text(pair.first);
      number(pair.second);
    });
    values = {pairs.begin(), pairs.end()};
  }

  /// A checksum may fit by chance; no index may lead out of a table.
  static void check(const FileTable& table) {
    const auto& ends = table.name_ends_;
    if (table.folders_.empty() || ends.size() != table.size() || table.folders_.back().end != table.size() ||
        (ends.empty() ? 0 : ends.back()) != table.names_.size() || !std::is_sorted(ends.begin(), ends.end()) ||
        !std::is_sorted(table.folders_.begin(), table.folders_.end(),
                        [](const auto& a, const auto& b) { return a.end < b.end; }))
      throw Damaged{};
  }

  std::ostream* out_ = nullptr;
  std::istream* in_ = nullptr;
  uint64_t left_ = 0, crc_ = 0;
};

namespace {

/// Calls `visit` with every folder that an index is about and its stamp.
template <class Visit>
void for_each_folder(const FolderIndex& index, Visit&& visit) {
  visit(fs::path(index.folder), index.stamp);
  for (const FolderPart& part : index.parts) {
    visit(fs::path(index.folder) / part.name, part.stamp);
    for (const FileTable::Folder& folder : part.files.folders())
      visit(fs::path(index.folder) / part.name / folder.name, folder.stamp);
  }
}

bool is_as_it_was(const FolderIndex& index) {
  bool same = true;
  try {
    for_each_folder(
        index, [&](const fs::path& folder, const FolderStamp& stamp) { same = same && stamp_of(folder) == stamp; });
  } catch (const RequestError&) {
    return false;  // who lists the folders anew says why
  }
  return same;
}

}  // namespace

std::optional<FolderIndex> read_folder_index(const fs::path& file, const std::string& folder) {
  std::error_code error;
  const uint64_t size = fs::file_size(file, error);
  std::ifstream in(file, std::ios::binary);
  if (error || !in) return std::nullopt;
  FolderIndex index;
  try {
    TableFile(in, size).visit(index);
  } catch (const TableFile::Damaged&) {
    return std::nullopt;
  }
  if (index.folder != folder || !is_as_it_was(index)) return std::nullopt;
  return index;
}

void write_folder_index(const fs::path& file, const FolderIndex& index, int64_t listed_ns) {
  const int64_t step_of_clocks_ns = 2'000'000'000;
  bool settled = true;
  for_each_folder(index, [&](const fs::path&, const FolderStamp& stamp) {
    settled = settled && stamp.modified_ns < listed_ns - step_of_clocks_ns;
  });
  if (!settled) return;
  // Writing goes through the function that reads, which takes what it can fill; it changes nothing here.
  write_file_atomically(file, [&](std::ostream& out) { TableFile(out).visit(const_cast<FolderIndex&>(index)); });
}

}  // namespace staircase::data
