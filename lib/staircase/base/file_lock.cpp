#include "staircase/base/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <thread>
#include <utility>

#include "staircase/base/errors.h"

namespace staircase {
namespace fs = std::filesystem;
namespace {

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

/// How STAIRCASE_LOCKS wants it.
struct Manner {
  bool may_flock = true, may_lease = true;
  double lease_seconds = 60;
};

Manner wanted_manner() {
  const char* const value = std::getenv("STAIRCASE_LOCKS");
  Manner manner;
  const std::string text = value ? value : "", prefix = "lease:";
  if (text.empty()) return manner;
  manner.may_flock = text == "flock";
  manner.may_lease = !manner.may_flock;
  if (text == "flock" || text == "lease") return manner;
  const char* const end = text.data() + text.size();
  if (text.starts_with(prefix))
    if (const auto read = std::from_chars(text.data() + prefix.size(), end, manner.lease_seconds);
        read.ec == std::errc() && read.ptr == end && manner.lease_seconds >= 1 && manner.lease_seconds <= 86400)
      return manner;
  throw RequestError("STAIRCASE_LOCKS: found \"" + text +
                     "\", allowed are flock, lease and lease:SECONDS (1 to 86400)");
}

/// Whether flock failed because the file system has none, as some that are shared between machines.
bool lacks_flock(int error) { return error == ENOLCK || error == ENOTSUP || error == EOPNOTSUPP || error == ENOSYS; }

bool is_lease(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

/// Removes the file of a lock by flock, which a crash left or which the file system could not lock. False: it is held.
bool remove_lock_file(const fs::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (descriptor < 0) return true;
  const bool held = lock_file(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  if (!held && is_still_at(path, descriptor)) ::unlink(path.c_str());
  ::close(descriptor);
  return !held;
}

}  // namespace

std::optional<FileLock> FileLock::take_lease(const fs::path& path, bool wait, double seconds) {
  const std::chrono::milliseconds pause(50);
  for (;;) {
    const bool free = is_lease(path) || remove_lock_file(path);
    if (auto lease = free ? Lease::try_take(path, seconds) : std::nullopt) return FileLock(std::move(*lease));
    if (!wait) return std::nullopt;
    std::this_thread::sleep_for(pause);
  }
}

std::optional<FileLock> FileLock::take(const fs::path& path, bool wait) {
  const Manner manner = wanted_manner();
  // Where others have leases, so has this process.
  while (manner.may_flock && !(manner.may_lease && is_lease(path))) {
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (descriptor < 0 && errno == EISDIR && manner.may_lease) continue;
    if (descriptor < 0) fail(path);
    FileLock lock(path, descriptor);
    if (lock_file(descriptor, LOCK_EX | (wait ? 0 : LOCK_NB)) != 0) {
      const int error = errno;
      ::close(std::exchange(lock.descriptor_, -1));
      errno = error;
      if (errno == EWOULDBLOCK) return std::nullopt;
      if (lacks_flock(errno) && manner.may_lease) break;
      fail(path);
    }
    if (is_still_at(path, descriptor)) {
      lock.leave_note("");  // a crash left its owner's
      return lock;
    }
    ::close(std::exchange(lock.descriptor_, -1));  // its last owner removed it meanwhile
  }
  return take_lease(path, wait, manner.lease_seconds);
}

std::optional<FileLock> FileLock::try_take(const fs::path& path) { return take(path, false); }

FileLock FileLock::take(const fs::path& path) { return *take(path, true); }

bool FileLock::is_held(const fs::path& path) {
  if (is_lease(path)) return Lease::is_held(path);
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool held = lock_file(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  ::close(descriptor);
  return held;
}

bool FileLock::is_in_doubt(const fs::path& path) { return is_lease(path) && Lease::is_in_doubt(path); }

void FileLock::leave_note(std::string_view text) const {
  if (lease_) return lease_->leave_note(text);
  const std::string note = note_line(text);
  // A note that cannot be left costs nothing but the note.
  [[maybe_unused]] const auto written = ::pwrite(descriptor_, note.data(), note.size(), 0);
}

std::string FileLock::read_note(const fs::path& path) {
  if (is_lease(path)) return Lease::read_note(path);
  std::ifstream in(path, std::ios::binary);
  std::string line;
  std::getline(in, line);
  return note_in(line);
}

FileLock::FileLock(FileLock&& other) noexcept
    : path_(std::move(other.path_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      lease_(std::move(other.lease_)) {}

FileLock::~FileLock() {
  if (descriptor_ < 0) return;
  ::unlink(path_.c_str());
  ::close(descriptor_);
}

}  // namespace staircase
