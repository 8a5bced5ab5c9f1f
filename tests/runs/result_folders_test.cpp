#include "staircase/runs/result_folders.h"

#include <chrono>

#include "runs/untrained_folder.h"
#include "staircase/base/errors.h"
#include "staircase/runs/disposable.h"
#include "support/catch.h"

namespace result_folders_test {

using namespace staircase;
using namespace staircase::runs;
namespace fs = std::filesystem;
using Folder = tests::UntrainedFolder;

TEST_CASE("The folders of results in a place are those with an experiment, and a place may be one itself", "[runs]") {
  const Folder folder;
  make_folder(folder.temporary / "photographs");
  fs::copy(folder.path(), folder.temporary / "another", fs::copy_options::recursive);
  CHECK(result_folders(folder.temporary.path()) ==
        std::vector<fs::path>{folder.temporary / "another", folder.temporary / "out"});
  CHECK(result_folders(folder.path()) == std::vector<fs::path>{folder.path()});
  CHECK_THROWS_AS(result_folders(folder.temporary / "absent"), RequestError);
}

TEST_CASE("A folder's state is what its runs leave to do", "[runs]") {
  const Folder folder;
  const auto state = [&] { return state_of(folder.read()); };
  CHECK(state() == RunState::waiting);
  for (size_t run = 0; run < 3; ++run) folder.finish(run, 10);
  CHECK(state() == RunState::stopped);  // one waits where three are done
  folder.write(3, "failure.json", R"({"reason": "no space"})");
  CHECK(state() == RunState::failed);
  {
    const auto lock = folder.ledger.try_lock(folder.keys[3]);
    CHECK(state() == RunState::running);
  }
  folder.ledger.clear_failure(folder.keys[3]);
  folder.write(3, "summary.json", "{");
  CHECK(state() == RunState::damaged);
  folder.finish(3, 10);
  CHECK(state() == RunState::done);
}

TEST_CASE("A folder's last change is that of its youngest run, whatever was reported since", "[runs]") {
  const Folder folder;
  const auto hour = std::chrono::hours(1), day = std::chrono::hours(24);
  const auto now = fs::file_time_type::clock::now();
  folder.finish(0, 10);
  folder.finish(1, 10);
  write_file_atomically(folder.path() / "report.html", "now");
  fs::last_write_time(folder.path() / "experiment.json", now - 2 * day);
  fs::last_write_time(folder.ledger.run_folder(folder.keys[0]) / "summary.json", now - day);
  fs::last_write_time(folder.ledger.run_folder(folder.keys[1]) / "summary.json", now - hour);
  CHECK(last_change(folder.path()) == now - hour);
  const std::string checkpoint = "checkpoints/step-000000009.safetensors";  // of a run that goes on
  folder.write(2, checkpoint, "x");
  fs::last_write_time(folder.ledger.run_folder(folder.keys[2]) / checkpoint, now - hour / 2);
  folder.write(2, checkpoint + ".damaged", "x");
  remove_disposable(folder.path());
  CHECK(last_change(folder.path()) == now - hour / 2);
  fs::remove_all(folder.path() / "runs");
  CHECK(last_change(folder.path()) == now - 2 * day);
}

}  // namespace result_folders_test
