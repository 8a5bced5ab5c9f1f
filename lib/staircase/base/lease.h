#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace staircase {

/// What a lock's owner leaves for others: a line of one length, so that one write of it never leaves half of two.
inline constexpr size_t note_bytes = 1000;
std::string note_line(std::string_view text, size_t bytes = note_bytes);
/// The text of such a line.
std::string note_in(const std::string& line);

/// A process of a machine.
struct LeaseOwner {
  std::string host;
  std::string kernel;  ///< that process numbers are of: one start of a machine, or a container of it
  int64_t process = 0;
  int64_t started = 0;  ///< by the kernel's clock: a number comes back, with another start

  static LeaseOwner of_this_process();
};

/// A lock for file systems without locks. While it is held `path` is a folder with one file, whose name says who holds
/// it and whose content a thread of the owner renews. It changes hands by renaming alone: a folder made beside it becomes
/// `path` where there is none, and a new owner renames the file of the old one, which only one of many can. So nobody
/// needs a clock that agrees with another's: an owner on another machine is given up when one has looked at its file
/// often enough over `seconds`, by one's own clock, and found it as it was; one on the same machine when it has ended.
class Lease {
 public:
  /// Takes it; empty: somebody holds it. `seconds`: after which others may give this owner up.
  /// Throws std::runtime_error naming the path and the reason when the folder cannot be made.
  static std::optional<Lease> try_take(const std::filesystem::path& path, double seconds,
                                       const LeaseOwner& owner = LeaseOwner::of_this_process());

  /// As `observer` sees it, who has to ask more than once to learn that an owner elsewhere is gone.
  static bool is_held(const std::filesystem::path& path, const LeaseOwner& observer = LeaseOwner::of_this_process());

  /// Whether somebody elsewhere holds it whom this process, which has asked is_held() by now, did not see renew it lately:
  /// a live owner is seen to by one who asks for a quarter of `seconds`, one that is gone is given up after `seconds`.
  static bool is_in_doubt(const std::filesystem::path& path);

  /// As FileLock's.
  void leave_note(std::string_view text) const;
  static std::string read_note(const std::filesystem::path& path);

  /// Whether others gave this owner up, which was held up for too long, and one of them holds it now.
  bool is_lost() const;

  /// Whether a name is of what a process leaves beside the lock `lock` that is killed while it takes it.
  static bool is_left_over(std::string_view name, std::string_view lock);

  Lease(Lease&& other) noexcept;
  Lease& operator=(Lease&& other) noexcept;
  /// Frees it.
  ~Lease();

 private:
  struct Held;
  explicit Lease(std::unique_ptr<Held> held);
  std::unique_ptr<Held> held_;  // null once moved from
};

}  // namespace staircase
