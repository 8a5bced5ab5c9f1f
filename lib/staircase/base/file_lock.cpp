#include "staircase/base/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <utility>

namespace staircase {
namespace fs = std::filesystem;
namespace {

constexpr size_t note_bytes = 1000;

/// False when the file was removed, or removed and made anew, since it was opened.
bool is_still_at(const fs::path& path, int descriptor) {
  struct stat opened = {}, there = {};
  return ::fstat(descriptor, &opened) == 0 && ::stat(path.c_str(), &there) == 0 && opened.st_ino == there.st_ino &&
         opened.st_dev == there.st_dev;
}

int lock_file(int descriptor, int operation) {
  int result = 0;
  do result = ::flock(descriptor, operation);
  while (result != 0 && errno == EINTR);
  return result;
}

[[noreturn]] void fail(const fs::path& path) {
  throw std::runtime_error(path.string() + ": cannot be locked: " + std::strerror(errno));
}

}  // namespace

std::optional<FileLock> FileLock::take(const fs::path& path, bool wait) {
  while (true) {
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (descriptor < 0) fail(path);
    FileLock lock(path, descriptor);
    if (lock_file(descriptor, LOCK_EX | (wait ? 0 : LOCK_NB)) != 0) {
      const int error = errno;
      ::close(std::exchange(lock.descriptor_, -1));
      errno = error;
      if (errno == EWOULDBLOCK) return std::nullopt;
      fail(path);
    }
    if (is_still_at(path, descriptor)) {
      lock.leave_note("");  // a crash left its owner's
      return lock;
    }
    ::close(std::exchange(lock.descriptor_, -1));  // its last owner removed it meanwhile
  }
}

std::optional<FileLock> FileLock::try_take(const fs::path& path) { return take(path, false); }

FileLock FileLock::take(const fs::path& path) { return *take(path, true); }

bool FileLock::is_held(const fs::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool held = lock_file(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  ::close(descriptor);
  return held;
}

void FileLock::leave_note(std::string_view text) const {
  std::string note(text.substr(0, note_bytes - 1));
  note.resize(note_bytes - 1, ' ');  // one write of one length: a reader never sees half of two notes
  note += '\n';
  // A note that cannot be left costs nothing but the note.
  [[maybe_unused]] const auto written = ::pwrite(descriptor_, note.data(), note.size(), 0);
}

std::string FileLock::read_note(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::string note;
  std::getline(in, note);
  note.erase(note.find_last_not_of(' ') + 1);
  return note;
}

FileLock::FileLock(FileLock&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

FileLock::~FileLock() {
  if (descriptor_ < 0) return;
  ::unlink(path_.c_str());
  ::close(descriptor_);
}

}  // namespace staircase
