#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "staircase/base/lease.h"

namespace staircase {

/// The right to work on something, held by one process at a time and shown by a file. The system
/// frees it when its owner ends, however that happens, so a crash leaves nothing locked.
/// Where the file system has no locks, or STAIRCASE_LOCKS asks for it, it is a lease (lease.h), which others take over some
/// time after its owner ended. STAIRCASE_LOCKS is "flock", "lease" or "lease:SECONDS"; other words throw RequestError.
class FileLock {
 public:
  /// Takes the lock; empty: somebody holds it.
  /// Throws std::runtime_error naming the path and the reason when the file cannot be made.
  static std::optional<FileLock> try_take(const std::filesystem::path& path);

  /// Waits until the lock is free, and takes it. Throws as try_take does.
  static FileLock take(const std::filesystem::path& path);

  static bool is_held(const std::filesystem::path& path);

  /// Whether its owner, elsewhere, may be gone, as far as this process has seen it (Lease::is_in_doubt).
  static bool is_in_doubt(const std::filesystem::path& path);

  /// Whether it was taken over because this process was held up for longer than its lease: somebody else works now.
  bool is_lost() const { return lease_ && lease_->is_lost(); }

  /// Leaves up to 1000 bytes for other processes to read, in place of what was left before.
  void leave_note(std::string_view text) const;

  /// What the lock's owner left last; empty: nothing.
  static std::string read_note(const std::filesystem::path& path);

  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&& other) = delete;
  /// Frees the lock and removes its file.
  ~FileLock();

 private:
  FileLock(std::filesystem::path path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
  explicit FileLock(Lease lease) : lease_(std::move(lease)) {}
  static std::optional<FileLock> take(const std::filesystem::path& path, bool wait);
  static std::optional<FileLock> take_lease(const std::filesystem::path& path, bool wait, double seconds);

  std::filesystem::path path_;
  int descriptor_ = -1;
  std::optional<Lease> lease_;  // in place of a descriptor
};

}  // namespace staircase
