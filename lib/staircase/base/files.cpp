#include "staircase/base/files.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "staircase/base/errors.h"
#include "staircase/base/patient_read.h"

namespace staircase {
namespace fs = std::filesystem;
namespace {

const std::string unfinished = ".part";  // and the number of the process

std::string reason() { return errno ? std::strerror(errno) : "unknown reason"; }

[[noreturn]] void fail_write(const fs::path& path, const std::string& why) {
  throw std::runtime_error(path.string() + ": cannot be written: " + why);
}

/// Flushes a file's or a folder's content to the disk.
void sync_to_disk(const fs::path& path, int flags) {
  const int fd = ::open(path.c_str(), flags);
  if (fd < 0) return;  // some file systems refuse to open folders; the rename is still atomic
  const int result = ::fsync(fd);
  const int error = errno;
  ::close(fd);
  errno = error;
  if (result != 0 && errno != EINVAL && errno != EROFS) fail_write(path, reason());
}

}  // namespace

void write_file_atomically(const fs::path& path, const std::function<void(std::ostream&)>& produce) {
  const fs::path beside = path.string() + unfinished + std::to_string(::getpid());
  try {
    errno = 0;
    std::ofstream out(beside, std::ios::binary | std::ios::trunc);
    if (!out) fail_write(path, reason());
    produce(out);
    out.flush();
    if (!out) fail_write(path, reason());
    out.close();
    if (!out) fail_write(path, reason());
    sync_to_disk(beside, O_RDONLY);
    if (::rename(beside.c_str(), path.c_str()) != 0) fail_write(path, reason());
  } catch (...) {
    ::unlink(beside.c_str());
    throw;
  }
  sync_to_disk(path.has_parent_path() ? path.parent_path() : fs::path("."), O_RDONLY | O_DIRECTORY);
}

void write_file_atomically(const fs::path& path, std::string_view bytes) {
  write_file_atomically(
      path, [&](std::ostream& out) { out.write(bytes.data(), static_cast<std::streamsize>(bytes.size())); });
}

bool is_unfinished_file(const fs::path& path) {
  const std::string name = path.filename().string();
  const size_t at = name.rfind(unfinished), digits = at + unfinished.size();
  return at != std::string::npos && digits < name.size() &&
         name.find_first_not_of("0123456789", digits) == std::string::npos;
}

void remove_unfinished_files(const fs::path& folder) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored))
    if (is_unfinished_file(entry.path())) fs::remove(entry.path(), ignored);
}

std::string read_file(const fs::path& path) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) throw RequestError(path.string() + ": is a folder, not a file");
  try {
    return read_whole_file(path);
  } catch (const std::system_error& error) {
    throw UnreadableFile(path.string() + ": cannot be read: " + error.code().message());
  }
}

void make_folder(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error || !fs::is_directory(path, error))
    throw std::runtime_error(path.string() + ": the folder cannot be made: " +
                             (error ? error.message() : "a file of that name is in the way"));
}

}  // namespace staircase
