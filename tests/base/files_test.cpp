#include "staircase/base/files.h"

#include "support/catch.h"
#include "support/temporary_folder.h"

namespace files_test {

using namespace staircase;
namespace fs = std::filesystem;

TEST_CASE("What a killed process was writing is removed, and nothing else", "[base]") {
  const tests::TemporaryFolder folder;
  for (const char* name :
       {"step-000000042.safetensors.part1234", "step-000000042.safetensors", "a.part", "b.partly", "c.part1b"})
    write_file_atomically(folder / name, "bytes");
  fs::create_directory(folder / "inner");
  write_file_atomically(folder / "inner/x.part5", "bytes");
  remove_unfinished_files(folder.path());
  CHECK_FALSE(fs::exists(folder / "step-000000042.safetensors.part1234"));
  for (const char* name : {"step-000000042.safetensors", "a.part", "b.partly", "c.part1b", "inner/x.part5"}) {
    INFO(name);
    CHECK(fs::exists(folder / name));
  }
  CHECK_NOTHROW(remove_unfinished_files(folder / "absent"));
}

}  // namespace files_test
