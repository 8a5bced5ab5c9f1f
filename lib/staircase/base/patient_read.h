#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <system_error>
#include <vector>

#include "staircase/base/errors.h"

namespace staircase {

/// A file that the system does not give, though it was tried for a while. Nothing says that it is damaged, so
/// nobody may pass over it: a run stops, and goes on from its checkpoint once the file is there again.
class UnreadableFile : public RequestError {
 public:
  using RequestError::RequestError;
};

/// The whole file, never less of it. Throws std::system_error with the system's reason.
std::string read_whole_file(const std::filesystem::path& path);

/// Whether the same call may well succeed a little later: the disk or the network did not answer, too many files are
/// open, memory is short, a mount is gone, a file is not there that was listed.
bool may_pass(const std::error_code& reason);

/// How long to wait before each further try.
using Pauses = std::vector<std::chrono::milliseconds>;
inline const Pauses growing_pauses{std::chrono::milliseconds(100), std::chrono::milliseconds(300),
                                   std::chrono::milliseconds(1000), std::chrono::milliseconds(3000)};

/// The whole file, tried again after each pause while the reason may pass.
/// Throws UnreadableFile, one sentence with the path, the last reason and how often it was tried.
std::string read_patiently(const std::filesystem::path& path, const Pauses& pauses = growing_pauses);

/// A file that is read here and there, by several threads at once. It stays open.
class RandomAccessFile {
 public:
  explicit RandomAccessFile(std::filesystem::path path);
  ~RandomAccessFile();

  const std::filesystem::path& path() const { return path_; }

  /// `count` bytes from `offset` on. While the reason may pass, the file is opened anew and read after each pause.
  /// Throws UnreadableFile, one sentence with the path, also where the file ends before.
  std::string read(uint64_t offset, uint64_t count, const Pauses& pauses = growing_pauses) const;

 private:
  struct Opened;
  std::shared_ptr<const Opened> opened() const;

  std::filesystem::path path_;
  mutable std::mutex mutex_;
  mutable std::shared_ptr<const Opened> opened_;
};

}  // namespace staircase
