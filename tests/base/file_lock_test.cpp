#include "staircase/base/file_lock.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "staircase/base/files.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

namespace file_lock_test {

using namespace staircase;
namespace fs = std::filesystem;

TEST_CASE("A lock that is held cannot be taken again until it is freed", "[base]") {
  const tests::TemporaryFolder folder;
  const fs::path path = folder / "lock";
  CHECK_FALSE(FileLock::is_held(path));
  {
    const auto lock = FileLock::try_take(path);
    REQUIRE(lock);
    CHECK(FileLock::is_held(path));
    CHECK_FALSE(FileLock::try_take(path));
  }
  CHECK_FALSE(FileLock::is_held(path));
  CHECK_FALSE(fs::exists(path));
  CHECK(FileLock::try_take(path));
}

TEST_CASE("A lock file that nobody holds, as a crash leaves one, locks nothing", "[base]") {
  const tests::TemporaryFolder folder;
  write_file_atomically(folder / "lock", "{\"pid\": 1}");
  CHECK_FALSE(FileLock::is_held(folder / "lock"));
  CHECK(FileLock::try_take(folder / "lock"));
}

TEST_CASE("A lock is free when its owner is killed", "[base]") {
  const tests::TemporaryFolder folder;
  const fs::path path = folder / "lock";
  int ready[2];
  REQUIRE(::pipe(ready) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto lock = FileLock::try_take(path);
    if (::write(ready[1], lock ? "1" : "0", 1) == 1) ::pause();
    ::_exit(1);
  }
  char taken = '0';
  REQUIRE(::read(ready[0], &taken, 1) == 1);
  CHECK(taken == '1');
  CHECK(FileLock::is_held(path));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  CHECK_FALSE(FileLock::is_held(path));
  CHECK(fs::exists(path));  // nobody was left to remove it
  CHECK(FileLock::try_take(path));
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST_CASE("A note replaces the note before it, and others can read it", "[base]") {
  const tests::TemporaryFolder folder;
  const fs::path path = folder / "lock";
  CHECK(FileLock::read_note(path).empty());
  const auto lock = FileLock::try_take(path);
  REQUIRE(lock);
  lock->leave_note("step 1000 of 2000");
  lock->leave_note("done");
  CHECK(FileLock::read_note(path) == "done");
}

TEST_CASE("A lock that cannot be made names its path", "[base]") {
  const tests::TemporaryFolder folder;
  CHECK_THROWS_WITH(FileLock::try_take(folder / "missing" / "lock"),
                    ContainsSubstring("missing/lock: cannot be locked: No such"));
}

}  // namespace file_lock_test
