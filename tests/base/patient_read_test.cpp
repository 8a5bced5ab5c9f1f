#include "staircase/base/patient_read.h"

#include <thread>

#include "staircase/base/errors.h"
#include "staircase/base/files.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

namespace patient_read_test {

using namespace staircase;
using namespace std::chrono_literals;

namespace {

const std::string memory = "/proc/self/mem";  // opens, and answers the first read with EIO

std::string sentence(const std::filesystem::path& path, const Pauses& pauses) {
  try {
    read_patiently(path, pauses);
  } catch (const UnreadableFile& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("A disk that fails in the middle of a file does not make the file shorter", "[base]") {
  CHECK_THROWS_WITH(read_file(memory), memory + ": cannot be read: Input/output error");
  CHECK_THROWS_AS(read_file(memory), RequestError);
}

TEST_CASE("A file is read whole, whatever size it says that it has", "[base]") {
  const tests::TemporaryFolder folder;
  for (const size_t size : {size_t{0}, size_t{1}, size_t{4095}, size_t{4096}, size_t{100'000}}) {
    write_file_atomically(folder / "file", std::string(size, 'x'));
    CHECK(read_whole_file(folder / "file") == std::string(size, 'x'));
  }
  CHECK(read_whole_file("/proc/self/maps").size() > 4096);  // says that it has no bytes
}

TEST_CASE("A read that fails for a reason that may pass is tried again", "[base]") {
  const tests::TemporaryFolder folder;
  std::jthread later([&] {
    std::this_thread::sleep_for(50ms);
    write_file_atomically(folder / "file", "back again");
  });
  CHECK(read_patiently(folder / "file", {20ms, 100ms, 1000ms}) == "back again");
}

TEST_CASE("A read that goes on failing ends with the path, the reason and how often it was tried", "[base]") {
  CHECK(sentence(memory, {10ms, 90ms}) == memory + ": cannot be read: Input/output error (tried 3 times in 0.1 s)");
  CHECK(sentence("/does/not/exist", {10ms}) ==
        "/does/not/exist: cannot be read: No such file or directory (tried 2 times in 0.0 s)");
}

TEST_CASE("A read that time cannot mend is not tried again", "[base]") {
  const auto start = std::chrono::steady_clock::now();
  CHECK(sentence("/", {60s}) == "/: cannot be read: Is a directory");
  CHECK(std::chrono::steady_clock::now() - start < 10s);
  for (const int passing : {EIO, ESTALE, ENFILE, EMFILE, EAGAIN, ENOMEM, ETIMEDOUT, ENOENT})
    CHECK(may_pass({passing, std::generic_category()}));
  for (const int lasting : {EACCES, EISDIR, ELOOP, ENAMETOOLONG, EPERM})
    CHECK_FALSE(may_pass({lasting, std::generic_category()}));
}

TEST_CASE("A file that is read here and there gives what was asked for, or says that it is cut short", "[base]") {
  const tests::TemporaryFolder folder;
  write_file_atomically(folder / "file", "0123456789");
  const RandomAccessFile file(folder / "file");
  CHECK(file.read(3, 4) == "3456");
  CHECK(file.read(10, 0).empty());
  CHECK_THROWS_WITH(file.read(8, 3, {60s}),
                    (folder / "file").string() + ": is cut short: it ends before byte 11");  // time does not mend it
}

TEST_CASE("A file that is read here and there is opened anew after a failure", "[base]") {
  const RandomAccessFile failing(memory);
  CHECK_THROWS_WITH(failing.read(0, 1, {10ms, 90ms}),
                    memory + ": cannot be read: Input/output error (tried 3 times in 0.1 s)");
  const tests::TemporaryFolder folder;
  const auto path = folder / "link";
  std::filesystem::create_symlink(memory, path);
  const RandomAccessFile file(path);
  std::jthread later([&] {
    std::this_thread::sleep_for(50ms);
    write_file_atomically(path, "back again");
  });
  CHECK(file.read(5, 5, {20ms, 100ms, 1000ms}) == "again");
}

}  // namespace patient_read_test
