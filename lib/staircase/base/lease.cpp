#include "staircase/base/lease.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <fstream>
#include <map>
#include <mutex>
#include <random>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <vector>

#include "staircase/base/clock.h"
#include "staircase/base/host.h"
#include "staircase/base/text.h"

namespace staircase {
namespace fs = std::filesystem;
namespace {

constexpr size_t beat_bytes = 20;
constexpr const char* claim = ".claim-";

[[noreturn]] void fail(const fs::path& path, int error) {
  throw std::runtime_error(path.string() + ": cannot be locked: " + std::strerror(error));
}

/// The clock ticks at which a process started, the 22nd field; 0: there is no such process.
int64_t start_of(int64_t process) {
  std::ifstream in("/proc/" + std::to_string(process) + "/stat");
  std::string line;
  std::getline(in, line);
  const size_t end_of_name = line.rfind(')');
  if (end_of_name == std::string::npos) return 0;
  std::istringstream fields(line.substr(end_of_name + 1));
  std::string field;
  for (int number = 3; number <= 22 && fields >> field; ++number) {}
  int64_t ticks = 0;
  std::from_chars(field.data(), field.data() + field.size(), ticks);
  return ticks;
}

/// A host's name as part of a file's.
std::string in_file_name(std::string host) {
  std::replace_if(
      host.begin(), host.end(), [](char c) { return c == '/' || c == '~' || c == '.'; }, '-');
  return host.substr(0, 64);
}

/// What a holder's file is named by: a process, its lease, and a number, since a process may hold it again and again.
struct Holder {
  LeaseOwner owner;
  double seconds = 0;
  std::string number;

  std::string file_name() const {
    return in_file_name(owner.host) + "~" + owner.kernel + "~" + std::to_string(owner.process) + "~" +
           std::to_string(owner.started) + "~" + decimals(seconds, 3) + "~" + number;
  }

  static std::optional<Holder> from_file_name(const std::string& name) {
    std::vector<std::string> parts;
    std::istringstream in(name);
    for (std::string part; std::getline(in, part, '~');) parts.push_back(part);
    if (parts.size() != 6) return std::nullopt;
    Holder holder{{parts[0], parts[1], 0, 0}, 0, parts[5]};
    const auto read = [](const std::string& text, auto& value) {
      std::from_chars(text.data(), text.data() + text.size(), value);
    };
    read(parts[2], holder.owner.process);
    read(parts[3], holder.owner.started);
    read(parts[4], holder.seconds);
    return holder;
  }
};

std::string new_number() {
  static std::atomic<uint64_t> count{0};
  std::random_device random;
  return hexadecimal((static_cast<uint64_t>(random()) << 32) ^ random() ^ ++count, 16);
}

/// The bytes of a file from an offset on, opened anew: a file system across machines looks again then.
std::string read_at(const fs::path& file, size_t offset, size_t count) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return {};
  std::string bytes(count, '\0');
  const ssize_t read = ::pread(descriptor, bytes.data(), count, static_cast<off_t>(offset));
  ::close(descriptor);
  bytes.resize(static_cast<size_t>(std::max<ssize_t>(0, read)));
  return bytes;
}

/// 0, or the error.
int write_at(const fs::path& file, size_t offset, const std::string& bytes, int flags = 0) {
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CLOEXEC | flags, 0644);
  if (descriptor < 0) return errno;
  const bool written = ::pwrite(descriptor, bytes.data(), bytes.size(), static_cast<off_t>(offset)) ==
                       static_cast<ssize_t>(bytes.size());
  const int error = written ? 0 : errno;
  return ::close(descriptor) == 0 ? error : errno;
}

/// The name of the holder's file; empty: nobody holds the lock at that path.
std::string holder_at(const fs::path& path) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(path, error))
    if (std::string name = entry.path().filename().string(); Holder::from_file_name(name)) return name;
  return {};
}

/// What this process saw of holders on other machines.
class Sightings {
 public:
  static Sightings& of_this_process() {
    static Sightings all;
    return all;
  }

  /// Whether one has looked at the same beat often enough. Of a long time without a look only a part counts: what stood
  /// still may have been this process, or the file system that both look at.
  bool is_over(const fs::path& path, const std::string& name, double seconds) {
    const double most_between_looks = seconds / 4;
    const std::string beat = read_at(path / name, note_bytes, beat_bytes);
    const std::lock_guard lock(mutex_);
    const auto now = Clock::now();
    Sighting& seen = seen_[path.string()];
    if (seen.name != name || seen.beat != beat) {
      seen = {name, beat, now, 0, seen.name == name};
      return false;
    }
    seen.unchanged_seconds += std::min(most_between_looks, std::chrono::duration<double>(now - seen.last).count());
    seen.last = now;
    if (seen.unchanged_seconds > seconds / 4) seen.was_renewed = false;
    return seen.unchanged_seconds > seconds;
  }

  /// Of a holder at whose beat one has looked: whether it may be gone.
  bool is_in_doubt(const fs::path& path, const std::string& name) {
    const std::lock_guard lock(mutex_);
    const auto seen = seen_.find(path.string());
    return seen != seen_.end() && seen->second.name == name && !seen->second.was_renewed;
  }

 private:
  struct Sighting {
    std::string name, beat;
    Clock::time_point last;
    double unchanged_seconds = 0;
    bool was_renewed = false;  // lately
  };
  std::mutex mutex_;
  std::map<std::string, Sighting> seen_;
};

/// Of the holder whose file has that name.
bool is_over(const fs::path& path, const std::string& name, const LeaseOwner& observer) {
  const auto holder = Holder::from_file_name(name);
  const bool same_machine = holder->owner.host == in_file_name(observer.host) &&
                            holder->owner.kernel == observer.kernel && !observer.kernel.empty();
  if (same_machine) return start_of(holder->owner.process) != holder->owner.started;
  return Sightings::of_this_process().is_over(path, name, holder->seconds);
}

}  // namespace

std::string note_line(std::string_view text, size_t bytes) {
  std::string line(text.substr(0, bytes - 1));
  line.resize(bytes - 1, ' ');
  return line + '\n';
}

std::string note_in(const std::string& line) {
  const std::string text = line.substr(0, line.find('\n'));
  return text.substr(0, text.find_last_not_of(' ') + 1);
}

LeaseOwner LeaseOwner::of_this_process() {
  const int64_t process = ::getpid();
  // It does not change but in a fork, and is asked for with every look at a lock.
  thread_local LeaseOwner known;
  if (known.process == process) return known;
  std::ifstream boot("/proc/sys/kernel/random/boot_id");
  std::string id;
  std::getline(boot, id);
  struct stat space {};
  const bool has_space = ::stat("/proc/self/ns/pid", &space) == 0;
  const std::string kernel =
      id.empty() || !has_space ? "" : id.substr(0, 8) + hexadecimal(static_cast<unsigned long long>(space.st_ino), 8);
  known = {host_name(), kernel, process, start_of(process)};
  return known;
}

/// A lease while it is held, and the thread that renews it, which ends by itself a moment after: whoever frees a lease
/// does not wait until a busy machine has had time for that thread.
struct Lease::Held {
  Held(const fs::path& path, const Holder& holder, const std::string& name)
      : renewal(std::make_shared<Renewal>(path, name, holder.seconds)) {
    sigset_t all, before;
    sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);  // signals are for the program's own threads
    std::thread([renewal = renewal] { renewal->renew(); }).detach();
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }

  ~Held() { renewal->free(); }

  class Renewal {
   public:
    Renewal(const fs::path& path, const std::string& name, double seconds)
        : path_(path), file_(path / name), seconds_(seconds) {}

    bool is_lost() const { return lost_; }

    void write(size_t offset, const std::string& bytes) {
      const int error = write_at(file_, offset, bytes);
      // A file that is not there any more is another's now; any other trouble may pass.
      if (error == ENOENT || error == ENOTDIR || error == ESTALE) lost_ = true;
    }

    void renew() {
      const int renewals_a_lease = 8;
      const auto pause = std::chrono::duration<double>(seconds_ / renewals_a_lease);
      std::unique_lock lock(mutex_);
      for (int64_t beat = 1; !free_ && !lost_; ++beat) {
        write(note_bytes, note_line(std::to_string(beat), beat_bytes));
        freed_.wait_for(lock, pause, [this] { return free_; });
      }
    }

    void free() {
      const std::lock_guard lock(mutex_);
      free_ = true;
      freed_.notify_all();
      if (!lost_ && ::unlink(file_.c_str()) == 0) ::rmdir(path_.c_str());  // fails where somebody has it by now
    }

   private:
    const fs::path path_, file_;
    const double seconds_;
    std::atomic<bool> lost_{false};
    std::mutex mutex_;  // held while a beat is written
    std::condition_variable freed_;
    bool free_ = false;
  };

  std::shared_ptr<Renewal> renewal;
};

namespace {

std::string new_content() { return note_line("") + note_line("0", beat_bytes); }

/// Makes the folder with the holder's file in it, and gives it the lock's name where nobody has that. False: somebody
/// does, or came in between.
bool make_lock(const fs::path& path, const std::string& name) {
  const fs::path beside = path.string() + claim + name;
  if (::mkdir(beside.c_str(), 0755) != 0) fail(path, errno);
  bool taken = false;
  if (const int error = write_at(beside / name, 0, new_content(), O_CREAT | O_EXCL)) {
    ::rmdir(beside.c_str());
    if (error != ENOENT) fail(path, error);
    return false;
  }
  ::rmdir(path.c_str());  // where its last owner left it empty
  taken = ::rename(beside.c_str(), path.c_str()) == 0;
  const int error = errno;
  std::error_code ignored;
  if (!taken) taken = fs::exists(path / name, ignored);  // a server that was asked twice says no the second time
  if (taken) return true;
  fs::remove_all(beside, ignored);
  for (const int expected : {EEXIST, ENOTEMPTY, ENOTDIR, ENOENT})
    if (error == expected) return false;
  fail(path, error);
}

/// Makes another holder's file this one's. False: somebody else was first, or its owner freed it.
bool take_over(const fs::path& path, const std::string& from, const std::string& name) {
  std::error_code ignored;
  if (::rename((path / from).c_str(), (path / name).c_str()) != 0 && !fs::exists(path / name, ignored)) return false;
  return write_at(path / name, 0, new_content()) == 0;
}

/// What was killed in make_lock. It is moved away first: its maker, should it be alive after all, can then no longer make
/// it the lock, and tries again.
void remove_left_overs(const fs::path& path, const LeaseOwner& observer) {
  const std::string lock = path.filename().string();
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(path.has_parent_path() ? path.parent_path() : ".", ignored)) {
    const std::string name = entry.path().filename().string();
    if (!Lease::is_left_over(name, lock)) continue;
    const std::string holder = name.substr(lock.size() + std::strlen(claim));
    if (Holder::from_file_name(holder) && !is_over(entry.path(), holder, observer)) continue;
    const fs::path away = path.string() + claim + new_number();
    if (::rename(entry.path().c_str(), away.c_str()) == 0) fs::remove_all(away, ignored);
  }
}

}  // namespace

std::optional<Lease> Lease::try_take(const fs::path& path, double seconds, const LeaseOwner& owner) {
  const Holder holder{owner, seconds, new_number()};
  const std::string name = holder.file_name();
  const int most_tries = 20;
  for (int tries = 0; tries < most_tries; ++tries) {
    const std::string other = holder_at(path);
    if (other.empty()) {
      if (!make_lock(path, name)) continue;
      remove_left_overs(path, owner);
    } else {
      if (!is_over(path, other, owner)) return std::nullopt;
      if (!take_over(path, other, name)) continue;
    }
    return Lease(std::make_unique<Held>(path, holder, name));
  }
  return std::nullopt;
}

bool Lease::is_held(const fs::path& path, const LeaseOwner& observer) {
  const std::string holder = holder_at(path);
  return !holder.empty() && !is_over(path, holder, observer);
}

bool Lease::is_in_doubt(const fs::path& path) {
  const std::string holder = holder_at(path);
  return !holder.empty() && Sightings::of_this_process().is_in_doubt(path, holder);
}

void Lease::leave_note(std::string_view text) const { held_->renewal->write(0, note_line(text)); }

std::string Lease::read_note(const fs::path& path) {
  const std::string holder = holder_at(path);
  return holder.empty() ? "" : note_in(read_at(path / holder, 0, note_bytes));
}

bool Lease::is_lost() const { return held_->renewal->is_lost(); }

bool Lease::is_left_over(std::string_view name, std::string_view lock) {
  return name.starts_with(lock) && name.substr(lock.size()).starts_with(claim);
}

Lease::Lease(std::unique_ptr<Held> held) : held_(std::move(held)) {}
Lease::Lease(Lease&& other) noexcept = default;
Lease& Lease::operator=(Lease&& other) noexcept = default;
Lease::~Lease() = default;

}  // namespace staircase
