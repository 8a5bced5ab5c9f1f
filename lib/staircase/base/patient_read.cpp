#include "staircase/base/patient_read.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <thread>

#include "staircase/base/text.h"

namespace staircase {
namespace fs = std::filesystem;
namespace {

[[noreturn]] void fail() { throw std::system_error(errno, std::generic_category()); }

struct Descriptor {
  int value;
  ~Descriptor() { ::close(value); }
};

/// Bytes that a read gave; 0: the end.
size_t read_some(int descriptor, char* to, size_t most) {
  for (;;) {
    const ssize_t count = ::read(descriptor, to, most);
    if (count >= 0) return static_cast<size_t>(count);
    if (errno != EINTR) fail();
  }
}

std::string tries(size_t count, std::chrono::milliseconds waited) {
  if (count == 1) return "";
  return " (tried " + std::to_string(count) + " times in " + decimals(static_cast<double>(waited.count()) / 1000, 1) +
         " s)";
}

/// What `read` gives, which throws std::system_error.
template <class Read>
std::string try_patiently(const fs::path& path, const Pauses& pauses, const Read& read) {
  std::chrono::milliseconds waited{0};
  for (size_t tried = 1;; ++tried) {
    try {
      return read();
    } catch (const std::system_error& error) {
      const bool again = tried <= pauses.size() && may_pass(error.code());
      if (!again)
        throw UnreadableFile(path.string() + ": cannot be read: " + error.code().message() + tries(tried, waited));
    }
    std::this_thread::sleep_for(pauses[tried - 1]);
    waited += pauses[tried - 1];
  }
}

}  // namespace

std::string read_whole_file(const fs::path& path) {
  const int opened = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (opened < 0) fail();
  const Descriptor file{opened};
  struct stat status {};
  if (::fstat(file.value, &status) != 0) fail();
  // A byte more than the file should hold, so that one read finds its end. Some files say 0 and hold more.
  const size_t least = 4096;
  std::string bytes(std::max(least, static_cast<size_t>(status.st_size) + 1), '\0');
  for (size_t size = 0;;) {
    const size_t count = read_some(file.value, bytes.data() + size, bytes.size() - size);
    size += count;
    if (count == 0) {
      bytes.resize(size);
      return bytes;
    }
    if (size == bytes.size()) bytes.resize(2 * size);
  }
}

bool may_pass(const std::error_code& reason) {
  static constexpr std::array passing{EIO,          ESTALE,       ENFILE,   EMFILE,      EAGAIN,     ENOMEM,
                                      ETIMEDOUT,    ENOENT,       ENOTDIR,  ENODEV,      ENXIO,      ENOTCONN,
                                      EHOSTDOWN,    EHOSTUNREACH, ENETDOWN, ENETUNREACH, ECONNRESET, ECONNREFUSED,
                                      ECONNABORTED, ESHUTDOWN,    EBUSY,    EREMOTEIO,   ENOLINK,    ECOMM};
  return (reason.category() == std::generic_category() || reason.category() == std::system_category()) &&
         std::find(passing.begin(), passing.end(), reason.value()) != passing.end();
}

std::string read_patiently(const fs::path& path, const Pauses& pauses) {
  return try_patiently(path, pauses, [&] { return read_whole_file(path); });
}

struct RandomAccessFile::Opened {
  Descriptor descriptor;
};

RandomAccessFile::RandomAccessFile(fs::path path) : path_(std::move(path)) {}
RandomAccessFile::~RandomAccessFile() = default;

std::shared_ptr<const RandomAccessFile::Opened> RandomAccessFile::opened() const {
  const std::lock_guard lock(mutex_);
  if (!opened_) {
    const int descriptor = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) fail();
    opened_.reset(new Opened{{descriptor}});
  }
  return opened_;
}

std::string RandomAccessFile::read(uint64_t offset, uint64_t count, const Pauses& pauses) const {
  return try_patiently(path_, pauses, [&] {
    const std::shared_ptr<const Opened> file = opened();
    std::string bytes(count, '\0');
    for (size_t size = 0; size < count;) {
      const ssize_t got = ::pread(file->descriptor.value, bytes.data() + size, count - size,
                                  static_cast<off_t>(offset + size));
      if (got == 0) throw UnreadableFile(path_.string() + ": is cut short: it ends before byte " +
                                         std::to_string(offset + count));
      if (got > 0) size += static_cast<size_t>(got);
      else if (errno != EINTR) {
        const int reason = errno;
        const std::lock_guard lock(mutex_);
        opened_.reset();  // a mount that comes back wants another descriptor
        errno = reason;
        fail();
      }
    }
    return bytes;
  });
}

}  // namespace staircase
