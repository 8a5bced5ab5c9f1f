#include "staircase/data/shard_index.h"

#include <archive.h>
#include <archive_entry.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <fstream>
#include <memory>

#include "staircase/base/errors.h"
#include "staircase/base/files.h"
#include "staircase/base/text.h"

namespace staircase::data {
namespace fs = std::filesystem;

void fail_shards(const fs::path& path, const std::string& fault) { throw RequestError(path.string() + ": " + fault); }

namespace {

constexpr std::string_view first_line = "staircase shards 1\n";

uint32_t checksum_of(std::string_view bytes, uint32_t before = 0) {
  return static_cast<uint32_t>(::crc32_z(before, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

/// Reads a whole number and the one character behind it. False: there is none.
template <class T>
bool take_number(std::string_view& text, T& value, char behind, int base = 10) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end == text.data() + text.size() || *end != behind) return false;
  text.remove_prefix(static_cast<size_t>(end - text.data()) + 1);
  return true;
}

/// As it stands in the tar. Where that cannot be told in the locale's characters, pax gives it in UTF-8.
std::string name_of(archive_entry* entry, const fs::path& path) {
  const char* name = archive_entry_pathname(entry);
  if (!name) name = archive_entry_pathname_utf8(entry);
  if (!name) fail_shards(path, "holds a file without a name");
  return std::string_view(name).starts_with("./") ? name + 2 : name;
}

/// Refuses what has no content of its own there, byte after byte.
void require_plain_file(archive_entry* entry, const std::string& name, const fs::path& path) {
  const auto type = archive_entry_filetype(entry);
  const char* kind = nullptr;
  if (archive_entry_hardlink(entry) || archive_entry_hardlink_utf8(entry) || type == AE_IFLNK) kind = "a link";
  else if (type != AE_IFREG) kind = "no file";
  else if (archive_entry_sparse_count(entry) > 0) kind = "a file with holes";
  if (kind) fail_shards(path, "holds " + name + ", which is " + kind + "; images must be there whole, each as a file");
}

/// Whether there is one more. What libarchive warns of, a name that the locale cannot tell, is no damage.
bool next_entry(archive* reader, archive_entry*& entry, const fs::path& path) {
  const int status = archive_read_next_header(reader, &entry);
  if (status != ARCHIVE_OK && status != ARCHIVE_WARN && status != ARCHIVE_EOF)
    fail_shards(path, std::string("is damaged: ") + archive_error_string(reader));
  return status != ARCHIVE_EOF;
}

uint32_t read_checksum(archive* reader, const fs::path& path) {
  uint32_t checksum = 0;
  const void* block = nullptr;
  size_t size = 0;
  la_int64_t offset = 0;
  int status = ARCHIVE_OK;
  while ((status = archive_read_data_block(reader, &block, &size, &offset)) == ARCHIVE_OK)
    checksum = checksum_of({static_cast<const char*>(block), size}, checksum);
  if (status != ARCHIVE_EOF) fail_shards(path, std::string("is damaged: ") + archive_error_string(reader));
  return checksum;
}

using TarReader = std::unique_ptr<archive, int (*)(archive*)>;

std::vector<ShardMember> read_members(archive* reader, const fs::path& path, uint64_t end, bool checksums) {
  std::vector<ShardMember> members;
  archive_entry* entry = nullptr;
  while (next_entry(reader, entry, path)) {
    if (archive_entry_filetype(entry) == AE_IFDIR) continue;
    const std::string name = name_of(entry, path);
    require_plain_file(entry, name, path);
    // What is consumed behind a header is where the content begins.
    ShardMember member{name, static_cast<uint64_t>(archive_filter_bytes(reader, 0)),
                       static_cast<uint64_t>(archive_entry_size(entry))};
    if (member.offset > end || member.bytes > end - member.offset)
      fail_shards(path, "is cut short: " + member.name + " ends behind its end");
    if (checksums) member.checksum = read_checksum(reader, path);
    members.push_back(std::move(member));
  }
  return members;
}

/// A part of a file, as far as libarchive has not read it.
struct Section {
  std::ifstream file;
  uint64_t left = 0;
  std::array<char, 8192> block;  // of a header and little behind it: contents are skipped
};

la_ssize_t read_section(archive* reader, void* data, const void** buffer) {
  auto& section = *static_cast<Section*>(data);
  const auto count = static_cast<std::streamsize>(std::min<uint64_t>(section.left, section.block.size()));
  section.file.read(section.block.data(), count);
  if (section.file.gcount() != count) {
    archive_set_error(reader, EIO, "the file around it ends before");
    return -1;
  }
  section.left -= static_cast<uint64_t>(count);
  *buffer = section.block.data();
  return count;
}

la_int64_t skip_in_section(archive*, void* data, la_int64_t wanted) {
  auto& section = *static_cast<Section*>(data);
  const uint64_t count = std::min(section.left, static_cast<uint64_t>(wanted));
  section.file.seekg(static_cast<std::streamoff>(count), std::ios::cur);
  section.left -= count;
  return static_cast<la_int64_t>(count);
}

/// "01234567 " or "- ", then the name: the rest of a member's line.
bool take_checksum(std::string_view& line, std::optional<uint32_t>& checksum) {
  if (line.starts_with("- ")) {
    line.remove_prefix(2);
    return true;
  }
  checksum.emplace();
  return take_number(line, *checksum, ' ', 16);
}

bool take_line(std::string_view line, ShardIndex& index) {
  if (line.starts_with("shard ")) {
    line.remove_prefix(6);
    Shard shard;
    if (!take_number(line, shard.bytes, ' ')) return false;
    shard.name = line;
    index.push_back(std::move(shard));
    return true;
  }
  ShardMember member;
  if (index.empty() || !take_number(line, member.offset, ' ') || !take_number(line, member.bytes, ' ') ||
      !take_checksum(line, member.checksum))
    return false;
  const uint64_t end = index.back().bytes;
  if (member.offset > end || member.bytes > end - member.offset) return false;
  member.name = line;
  index.back().members.push_back(std::move(member));
  return true;
}

}  // namespace

std::string to_name(const ShardName& name) {
  char numbers[64];
  std::snprintf(numbers, sizeof numbers, "-%06llu-of-%06llu.tar", static_cast<unsigned long long>(name.number),
                static_cast<unsigned long long>(name.count));
  return name.part + numbers;
}

std::optional<ShardName> parse_shard_name(const std::string& name) {
  const size_t of = name.rfind("-of-"), dash = of == std::string::npos ? of : name.rfind('-', of - 1);
  if (dash == std::string::npos || dash == 0 || of == 0) return std::nullopt;
  ShardName parsed{name.substr(0, dash)};
  std::string_view numbers = std::string_view(name).substr(dash + 1);
  if (!take_number(numbers, parsed.number, '-') || !numbers.starts_with("of-")) return std::nullopt;
  numbers.remove_prefix(3);
  if (!take_number(numbers, parsed.count, '.') || numbers != "tar" || to_name(parsed) != name) return std::nullopt;
  return parsed;
}

Shard scan_shard(const fs::path& path, bool checksums) {
  std::error_code error;
  Shard shard{path.filename().string(), fs::file_size(path, error), {}};
  if (error) fail_shards(path, "cannot be read: " + error.message());
  const TarReader reader(archive_read_new(), archive_read_free);
  archive_read_support_format_tar(reader.get());  // no filter: what is compressed cannot be read here and there
  const size_t block = size_t{1} << 16;
  if (archive_read_open_filename(reader.get(), path.c_str(), block) != ARCHIVE_OK)
    fail_shards(path, std::string("is no tar file: ") + archive_error_string(reader.get()));
  shard.members = read_members(reader.get(), path, shard.bytes, checksums);
  return shard;
}

std::vector<ShardMember> scan_inner_tar(const fs::path& path, uint64_t start, uint64_t bytes, const std::string& name) {
  const fs::path inner = path.string() + ": " + name;
  Section section{std::ifstream(path, std::ios::binary), bytes, {}};
  section.file.seekg(static_cast<std::streamoff>(start));
  const TarReader reader(archive_read_new(), archive_read_free);
  archive_read_support_format_tar(reader.get());
  archive_read_set_read_callback(reader.get(), read_section);
  archive_read_set_skip_callback(reader.get(), skip_in_section);
  archive_read_set_callback_data(reader.get(), &section);
  if (archive_read_open1(reader.get()) != ARCHIVE_OK)
    fail_shards(inner, std::string("is no tar file: ") + archive_error_string(reader.get()));
  std::vector<ShardMember> members = read_members(reader.get(), inner, bytes, false);
  for (ShardMember& member : members) member.offset += start;
  return members;
}

std::string write_shard_index(const ShardIndex& index) {
  std::string text(first_line);
  for (const Shard& shard : index) {
    text += "shard " + std::to_string(shard.bytes) + " " + shard.name + "\n";
    for (const ShardMember& member : shard.members)
      text += std::to_string(member.offset) + " " + std::to_string(member.bytes) + " " +
              (member.checksum ? hexadecimal(*member.checksum, 8) : "-") + " " + member.name + "\n";
  }
  return text + "end " + hexadecimal(checksum_of(text), 8) + "\n";
}

ShardIndex read_shard_index(const fs::path& file) {
  const std::string content = read_file(file);
  const std::string damaged = "is damaged; without it the shards themselves are looked through";
  std::string_view text = content;
  const size_t end = text.size() < 13 ? 0 : text.size() - 13;  // "end 01234567\n"
  if (!text.starts_with(first_line) ||
      text.substr(end) != "end " + hexadecimal(checksum_of(text.substr(0, end)), 8) + "\n")
    fail_shards(file, damaged);
  text = text.substr(first_line.size(), end - first_line.size());
  ShardIndex index;
  while (!text.empty()) {
    const size_t line = text.find('\n');
    if (line == std::string_view::npos || !take_line(text.substr(0, line), index)) fail_shards(file, damaged);
    text.remove_prefix(line + 1);
  }
  return index;
}

}  // namespace staircase::data
