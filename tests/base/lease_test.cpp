#include "staircase/base/lease.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <optional>
#include <thread>
#include <vector>

#include "staircase/base/clock.h"
#include "staircase/base/errors.h"
#include "staircase/base/file_lock.h"
#include "staircase/base/files.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

namespace lease_test {

using namespace staircase;
namespace fs = std::filesystem;

namespace {

constexpr double seconds = 0.4;

/// This process, as if it ran on another machine.
LeaseOwner on(const std::string& host) {
  LeaseOwner owner = LeaseOwner::of_this_process();
  owner.host = host;
  return owner;
}

/// Leaves a lease as a process of that machine does that is killed while it holds it.
void leave_held(const fs::path& path, const std::string& host) {
  const pid_t child = ::fork();
  if (child == 0) {
    const auto lease = Lease::try_take(path, seconds, on(host));
    ::_exit(lease ? 0 : 1);
  }
  int status = 1;
  ::waitpid(child, &status, 0);
  REQUIRE(status == 0);
}

/// The seconds after which somebody who asks all the time gets it; -1: not within `most`.
double seconds_until_taken(const fs::path& path, const std::string& host, double most) {
  const auto start = Clock::now();
  while (seconds_since(start) < most) {
    if (Lease::try_take(path, seconds, on(host))) return seconds_since(start);
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return -1;
}

}  // namespace

TEST_CASE("A lease that is held cannot be taken again, on whatever machine, until it is freed", "[base]") {
  const tests::TemporaryFolder folder;
  const fs::path path = folder / "lock";
  CHECK_FALSE(Lease::is_held(path));
  {
    const auto lease = Lease::try_take(path, seconds, on("a"));
    REQUIRE(lease);
    lease->leave_note("step 1");
    CHECK(Lease::read_note(path) == "step 1");
    CHECK(Lease::is_held(path, on("a")));
    CHECK(Lease::is_held(path, on("b")));
    CHECK_FALSE(Lease::try_take(path, seconds, on("a")));
    CHECK_FALSE(Lease::try_take(path, seconds, on("b")));
  }
  CHECK_FALSE(Lease::is_held(path, on("b")));
  CHECK(fs::is_empty(folder.path()));
  CHECK(Lease::try_take(path, seconds, on("b")));
}

TEST_CASE("The lease of a machine that crashed is taken over when it was not renewed for its time", "[base]") {
  const tests::TemporaryFolder folder;
  const fs::path path = folder / "lock";
  leave_held(path, "a");
  CHECK(Lease::is_held(path, on("b")));
  const double took = seconds_until_taken(path, "b", 10 * seconds);
  CHECK(took > seconds);
  CHECK(took < 3 * seconds);
}

TEST_CASE("The lease of a process that ended on the same machine is free at once", "[base]") {
  const tests::TemporaryFolder folder;
  const fs::path path = folder / "lock";
  leave_held(path, "a");
  CHECK_FALSE(Lease::is_held(path, on("a")));
  CHECK(Lease::try_take(path, seconds, on("a")));
}

TEST_CASE("A live lease is not taken over, however often others look", "[base]") {
  const tests::TemporaryFolder folder;
  const fs::path path = folder / "lock";
  const auto lease = Lease::try_take(path, seconds, on("a"));
  REQUIRE(lease);
  CHECK(seconds_until_taken(path, "b", 6 * seconds) == -1);
  CHECK_FALSE(lease->is_lost());
}

TEST_CASE("Who looks for a while learns whether an owner elsewhere is alive", "[base]") {
  const tests::TemporaryFolder folder;
  const fs::path live = folder / "live", dead = folder / "dead";
  const auto lease = Lease::try_take(live, seconds, on("a"));
  leave_held(dead, "a");
  CHECK_FALSE(Lease::is_in_doubt(live));  // nobody has asked yet
  CHECK(Lease::is_held(live, on("b")));
  CHECK(Lease::is_in_doubt(live));
  for (const auto start = Clock::now(); seconds_since(start) < seconds / 2;) {
    CHECK(Lease::is_held(live, on("b")));
    CHECK(Lease::is_held(dead, on("b")));
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  CHECK_FALSE(Lease::is_in_doubt(live));
  CHECK(Lease::is_in_doubt(dead));
  CHECK(seconds_until_taken(dead, "b", 10 * seconds) > 0);
  CHECK_FALSE(Lease::is_in_doubt(dead));
}

TEST_CASE("Who was held up itself does not take a lease over for it", "[base]") {
  const tests::TemporaryFolder folder;
  const fs::path path = folder / "lock";
  leave_held(path, "a");
  CHECK(Lease::is_held(path, on("b")));
  std::this_thread::sleep_for(std::chrono::duration<double>(3 * seconds));
  CHECK(Lease::is_held(path, on("b")));  // one look after a long time is one look
}

TEST_CASE("Of many that take a crashed machine's lease over, one gets it", "[base]") {
  const tests::TemporaryFolder folder;
  for (int round = 0; round < 5; ++round) {
    const fs::path path = folder / ("lock" + std::to_string(round));
    leave_held(path, "a");
    std::atomic<int> taken{0};
    std::atomic<bool> over{false};
    std::vector<std::thread> takers;
    for (int taker = 0; taker < 8; ++taker)
      takers.emplace_back([&, taker] {
        std::optional<Lease> lease;
        const auto start = Clock::now();
        while (!over && seconds_since(start) < 20 * seconds)
          if (!lease && (lease = Lease::try_take(path, seconds, on("b" + std::to_string(taker))))) ++taken;
        if (lease) std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
      });
    const auto start = Clock::now();
    while (taken == 0 && seconds_since(start) < 20 * seconds) std::this_thread::yield();
    std::this_thread::sleep_for(std::chrono::milliseconds(50));  // for a second one
    over = true;
    for (std::thread& taker : takers) taker.join();
    CHECK(taken == 1);
  }
}

TEST_CASE("Of many that take and free a lease, one at a time holds it", "[base]") {
  const tests::TemporaryFolder folder;
  const fs::path path = folder / "lock";
  std::atomic<int> holders{0}, together{0}, taken{0};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 8; ++thread)
    threads.emplace_back([&, thread] {
      const auto start = Clock::now();
      while (seconds_since(start) < 1) {
        const auto lease = Lease::try_take(path, 10, on("a" + std::to_string(thread)));
        if (!lease) continue;
        if (++holders > 1) ++together;
        ++taken;
        std::this_thread::yield();
        --holders;
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(together == 0);
  CHECK(taken > 10);
  CHECK(fs::is_empty(folder.path()));
}

TEST_CASE("A process that was held up for too long learns that its lease is another's", "[base]") {
  const tests::TemporaryFolder folder;
  const fs::path path = folder / "lock";
  int ready[2];
  REQUIRE(::pipe(ready) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto lease = Lease::try_take(path, seconds, on("a"));
    if (::write(ready[1], "1", 1) != 1 || !lease) ::_exit(1);
    const auto start = Clock::now();
    while (!lease->is_lost() && seconds_since(start) < 50 * seconds)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    ::_exit(lease->is_lost() ? 0 : 2);
  }
  char byte = 0;
  REQUIRE(::read(ready[0], &byte, 1) == 1);
  ::kill(child, SIGSTOP);
  std::optional<Lease> lease;
  const auto start = Clock::now();
  while (!lease && seconds_since(start) < 20 * seconds) lease = Lease::try_take(path, seconds, on("b"));
  CHECK(lease);
  ::kill(child, SIGCONT);
  int status = -1;
  ::waitpid(child, &status, 0);
  CHECK(status == 0);
  CHECK(Lease::is_held(path, on("c")));  // the end of the first owner frees nothing
  REQUIRE(lease);
  CHECK_FALSE(lease->is_lost());
}

TEST_CASE("What is left of a process that was killed while it took a lease goes with the next", "[base]") {
  const tests::TemporaryFolder folder;
  leave_held(folder / "lock", "a");
  const std::string holder = fs::directory_iterator(folder / "lock")->path().filename().string();
  fs::rename(folder / "lock", folder / ("lock.claim-" + holder));
  CHECK(Lease::is_left_over("lock.claim-" + holder, "lock"));
  { CHECK(Lease::try_take(folder / "lock", seconds, on("a"))); }
  CHECK(fs::is_empty(folder.path()));
}

TEST_CASE("A lease that cannot be made names its path", "[base]") {
  const tests::TemporaryFolder folder;
  CHECK_THROWS_WITH(Lease::try_take(folder / "missing" / "lock", seconds),
                    ContainsSubstring("missing/lock: cannot be locked: No such"));
}

namespace {

/// STAIRCASE_LOCKS, until the end of the scope.
struct Locks {
  explicit Locks(const char* value) { ::setenv("STAIRCASE_LOCKS", value, 1); }
  ~Locks() { ::unsetenv("STAIRCASE_LOCKS"); }
};

/// From here on this process is on a file system without flock, as far as it can tell.
bool lose_flock() {
  sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_flock, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOLCK),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program{4, filter};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

}  // namespace

TEST_CASE("STAIRCASE_LOCKS makes locks leases, and those who were not told so keep to them", "[base]") {
  const tests::TemporaryFolder folder;
  const fs::path path = folder / "lock";
  write_file_atomically(path, "{\"pid\": 1}");  // left by a crash, before
  std::optional<FileLock> lock;
  {
    const Locks leases("lease:2");
    if (auto taken = FileLock::try_take(path)) lock.emplace(std::move(*taken));
    REQUIRE(lock);
    CHECK(fs::is_directory(path));
  }
  lock->leave_note("here");
  CHECK(FileLock::read_note(path) == "here");
  CHECK(FileLock::is_held(path));
  CHECK_FALSE(FileLock::try_take(path));
  lock.reset();
  CHECK_FALSE(FileLock::is_held(path));
  const auto by_flock = FileLock::try_take(path);
  REQUIRE(by_flock);
  const Locks leases("lease");
  CHECK_FALSE(FileLock::try_take(path));
}

TEST_CASE("A wrong STAIRCASE_LOCKS is refused", "[base]") {
  const tests::TemporaryFolder folder;
  for (const char* value : {"leases", "lease:", "lease:0", "lease:x"}) {
    const Locks locks(value);
    CHECK_THROWS_AS(FileLock::try_take(folder / "lock"), RequestError);
  }
}

TEST_CASE("A file system without flock gets leases by itself", "[base]") {
  const tests::TemporaryFolder folder;
  const fs::path path = folder / "lock";
  const pid_t child = ::fork();
  if (child == 0) {
    const int none = 77;
    if (!lose_flock()) ::_exit(none);
    const auto lock = FileLock::try_take(path);
    ::_exit(lock && fs::is_directory(path) && FileLock::is_held(path) && !FileLock::try_take(path) ? 0 : 1);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  CHECK(WIFEXITED(status));
  CHECK((WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 77));
}

}  // namespace lease_test
