#include "staircase/runs/disposable.h"

#include "runs/untrained_folder.h"
#include "staircase/base/errors.h"
#include "support/catch.h"

namespace disposable_test {

using namespace staircase;
using namespace staircase::runs;
namespace fs = std::filesystem;
using Folder = tests::UntrainedFolder;

namespace {

/// "why: path below the folder", sorted as found.
std::vector<std::string> texts(const Folder& folder, const std::vector<Disposable>& list) {
  std::vector<std::string> all;
  for (const Disposable& each : list)
    all.push_back(each.why + ": " + each.path.lexically_relative(folder.path()).string());
  return all;
}

std::string place(const Folder& folder, size_t run, const std::string& file) {
  return "runs/" + folder.ledger.run_name(folder.keys[run]) + "/" + file;
}

}  // namespace

TEST_CASE("Only checkpoints of runs that are done may go", "[runs]") {
  const Folder folder;
  const std::string checkpoint = "checkpoints/step-000000004.safetensors";
  folder.finish(0, 10);
  folder.write(0, checkpoint, "1234567");
  folder.write(1, checkpoint, "1234567");  // its run goes on from it
  folder.write(2, "summary.json", "{");    // as does one whose summary is damaged
  folder.write(2, checkpoint, "1234567");
  folder.write(0, "checkpoints/notes.txt", "mine");
  const auto found = find_disposable(folder.path());
  REQUIRE(texts(folder, found) == std::vector<std::string>{"its run is done: " + place(folder, 0, checkpoint)});
  CHECK(found[0].bytes == 7);
  CHECK(fs::exists(folder.path() / place(folder, 0, checkpoint)));  // looking changes nothing
  CHECK(texts(folder, remove_disposable(folder.path())) == texts(folder, found));
  CHECK_FALSE(fs::exists(folder.path() / place(folder, 0, checkpoint)));
  for (const auto& kept : {place(folder, 0, "summary.json"), place(folder, 0, "checkpoints/notes.txt"),
                           place(folder, 1, checkpoint), place(folder, 2, checkpoint)})
    CHECK(fs::exists(folder.path() / kept));
  CHECK(find_disposable(folder.path()).empty());
}

TEST_CASE("What was damaged or left half-written may go, and what somebody works on may not", "[runs]") {
  const Folder folder;
  folder.finish(0, 10);
  folder.write(0, "weights.safetensors.part4321", "half");
  folder.write(0, "weights.safetensors.party", "another's");
  folder.write(1, "checkpoints/step-000000009.safetensors.damaged", "x");
  write_file_atomically(folder.path() / "report.html.part17", "<htm");
  {
    const auto lock = folder.ledger.try_lock(folder.keys[0]);
    const FileLock whole = folder.ledger.lock();
    CHECK(find_disposable(folder.path()).size() == 1);
  }
  CHECK(texts(folder, remove_disposable(folder.path())) ==
        std::vector<std::string>{
            "left by a process that was killed: report.html.part17",
            "left by a process that was killed: " + place(folder, 0, "weights.safetensors.part4321"),
            "damaged, and set aside: " + place(folder, 1, "checkpoints/step-000000009.safetensors.damaged")});
  CHECK(fs::exists(folder.path() / place(folder, 0, "weights.safetensors.party")));
}

TEST_CASE("A folder in which nothing was trained may go, unless it holds something of the user's", "[runs]") {
  const Folder failed, with_notes;
  for (const Folder* folder : {&failed, &with_notes}) folder->write(0, "failure.json", R"({"reason": "no space"})");
  write_file_atomically(with_notes.path() / "notes.txt", "why it failed");
  CHECK(texts(failed, find_disposable(failed.path())) == std::vector<std::string>{"nothing was trained in it: ."});
  CHECK(find_disposable(with_notes.path()).empty());
  {
    const auto hold = FileLock::try_take(failed.path() / ".in_use-1");  // a program is about to train there
    CHECK(find_disposable(failed.path()).empty());
    CHECK(remove_disposable(failed.path()).empty());
  }
  CHECK(remove_disposable(failed.path()).size() == 1);
  CHECK_FALSE(fs::exists(failed.path()));
  CHECK(remove_disposable(with_notes.path()).empty());
  CHECK(fs::exists(with_notes.path() / "notes.txt"));
}

TEST_CASE("Nothing is removed from a folder that is not known to be one of results", "[runs]") {
  const tests::TemporaryFolder folder;
  write_file_atomically(folder / "weights.part1", "x");
  CHECK_THROWS_AS(find_disposable(folder.path()), RequestError);
  CHECK_THROWS_AS(remove_disposable(folder.path()), RequestError);
  CHECK(fs::exists(folder / "weights.part1"));
}

}  // namespace disposable_test
