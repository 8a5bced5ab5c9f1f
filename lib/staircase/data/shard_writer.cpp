#include "staircase/data/shard_writer.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>
#include <vector>

namespace staircase::data {
namespace fs = std::filesystem;
namespace {

[[noreturn]] void fail_writing(const fs::path& path, const std::string& reason) {
  throw std::runtime_error(path.string() + ": cannot be written: " + reason);
}

/// A file that is closed at the end of the scope.
struct Descriptor {
  int value;
  ~Descriptor() {
    if (value >= 0) ::close(value);
  }
};

}  // namespace

/// A tar that is being written.
struct ShardWriter::OpenShard {
  explicit OpenShard(fs::path its_path)
      : path(std::move(its_path)), file{::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644)} {
    if (file.value < 0) fail_writing(path, std::strerror(errno));
    archive_write_set_format_gnutar(writer.get());  // names as they are, whatever their characters
    archive_write_set_bytes_in_last_block(writer.get(), 1);
    check(archive_write_open_fd(writer.get(), file.value));
  }
  ~OpenShard() { archive_write_fail(writer.get()); }
  OpenShard(const OpenShard&) = delete;
  OpenShard& operator=(const OpenShard&) = delete;

  void check(int status) {
    if (status != ARCHIVE_OK) fail_writing(path, archive_error_string(writer.get()));
  }

  void add(const std::string& name, std::string_view bytes) {
    const std::unique_ptr<archive_entry, void (*)(archive_entry*)> entry(archive_entry_new(), archive_entry_free);
    archive_entry_set_pathname(entry.get(), name.c_str());
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0644);
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(bytes.size()));
    archive_entry_set_mtime(entry.get(), 0, 0);
    check(archive_write_header(writer.get(), entry.get()));
    if (archive_write_data(writer.get(), bytes.data(), bytes.size()) != static_cast<la_ssize_t>(bytes.size()))
      fail_writing(path, archive_error_string(writer.get()));
    const auto checksum = ::crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
    content += bytes.size();
    members.push_back({name, 0, bytes.size(), static_cast<uint32_t>(checksum)});
  }

  void close() {
    check(archive_write_close(writer.get()));
    if (::fsync(file.value) != 0 || ::close(std::exchange(file.value, -1)) != 0)
      fail_writing(path, std::strerror(errno));
  }

  fs::path path;
  Descriptor file;
  std::unique_ptr<archive, int (*)(archive*)> writer{archive_write_new(), archive_write_free};
  uint64_t content = 0;
  std::vector<ShardMember> members;
};

ShardWriter::ShardWriter(fs::path folder, std::string part, uint64_t shard_bytes)
    : folder_(std::move(folder)), part_(std::move(part)), shard_bytes_(shard_bytes) {}

ShardWriter::~ShardWriter() = default;

void ShardWriter::add(const std::string& name, std::string_view bytes) {
  if (!open_) open_ = std::make_unique<OpenShard>(folder_ / (part_ + "-" + std::to_string(written_.size())));
  open_->add(name, bytes);
  if (open_->content >= shard_bytes_) close();
}

void ShardWriter::close() {
  open_->close();
  written_.push_back({open_->path.filename().string(), 0, std::move(open_->members)});
  open_.reset();
}

std::vector<Shard> ShardWriter::finish() {
  if (open_) close();
  std::vector<Shard> shards;
  for (const Shard& written : written_) {
    const fs::path path = folder_ / to_name({part_, shards.size(), written_.size()});
    fs::rename(folder_ / written.name, path);
    Shard read = scan_shard(path, true);
    bool same = read.members.size() == written.members.size();
    for (size_t i = 0; same && i < read.members.size(); ++i) {
      const ShardMember &now = read.members[i], &then = written.members[i];
      same = now.name == then.name && now.bytes == then.bytes && now.checksum == then.checksum;
    }
    if (!same) fail_writing(path, "what is read from it is not what was written");
    shards.push_back(std::move(read));
  }
  return shards;
}

}  // namespace staircase::data
