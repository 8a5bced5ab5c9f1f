#include "staircase/runs/status.h"

#include "runs/untrained_folder.h"
#include "staircase/base/errors.h"
#include "support/catch.h"

namespace status_test {

using namespace staircase;
using namespace staircase::runs;
namespace fs = std::filesystem;
using Folder = tests::UntrainedFolder;

TEST_CASE("A status tells done, running, failed, stopped and waiting runs apart", "[runs]") {
  const Folder folder;
  folder.finish(0, 10);
  const auto lock = folder.ledger.try_lock(folder.keys[1]);
  folder.write(2, "failure.json", R"({"reason": "no space"})");
  folder.write(3, "checkpoints/step-000000001.safetensors", "");
  const ExperimentStatus status = folder.read();
  REQUIRE(status.runs.size() == 4);
  CHECK(status.runs[0].state == RunState::done);
  CHECK(status.runs[1].state == RunState::running);
  CHECK(status.runs[2].state == RunState::failed);
  CHECK(status.runs[2].reason == "no space");
  CHECK(status.runs[3].state == RunState::stopped);
  CHECK(Folder().read().count(RunState::waiting) == 4);
}

TEST_CASE("A stopped run says at which step it goes on", "[runs]") {
  const Folder folder;  // of 80 images in batches of 16, 3 epochs
  folder.write(3, "checkpoints/step-000000004.safetensors", "");
  folder.write(3, "checkpoints/step-000000006.safetensors", "");
  folder.write(3, "checkpoints/step-000000009.safetensors.damaged", "");
  const ExperimentStatus status = folder.read();
  CHECK(status.runs[3].next_step == 7);
  CHECK(status.runs[3].steps == 15);
  CHECK(status.runs[0].next_step == 0);
  const config::Json entry = status.to_json()["list"][3];
  CHECK(entry["next_step"] == 7);
  CHECK(entry["steps"] == 15);
}

TEST_CASE("A run whose summary is damaged says so until somebody works on it, whatever else is left", "[runs]") {
  const Folder folder;
  folder.write(1, "summary.json", "{");
  folder.write(1, "checkpoints/step-000000001.safetensors", "");
  CHECK(folder.read().runs[1].state == RunState::damaged);
  const auto lock = folder.ledger.try_lock(folder.keys[1]);
  CHECK(folder.read().runs[1].state == RunState::running);
}

TEST_CASE("A status says which weights the file of a done run holds", "[runs]") {
  const Folder folder;
  folder.finish(0, 10);
  CHECK(folder.read().runs[0].holds == "EMA");
  CHECK(folder.read().runs[1].holds.empty());
}

TEST_CASE("The time left of an experiment is that of its open runs, shared among those that run", "[runs]") {
  const Folder folder;
  CHECK_FALSE(folder.read().hours_left);
  folder.finish(0, 360);
  CHECK(*folder.read().hours_left == Approx(3 * 0.1));
  folder.write(1, "metrics.jsonl", "{}\n");  // one of three epochs
  CHECK(*folder.read().hours_left == Approx((2 + 2.0 / 3) * 0.1));
  const auto first = folder.ledger.try_lock(folder.keys[1]), second = folder.ledger.try_lock(folder.keys[2]);
  first->leave_note(R"({"seconds_left": 180})");
  CHECK(*folder.read().hours_left == Approx(2.5 * 0.1 / 2));
  first->leave_note(R"({"seconds_left": 1800})");
  CHECK(*folder.read().hours_left == Approx(0.5));  // the longest of them decides
}

TEST_CASE("The time left is known from the first epoch on", "[runs]") {
  const Folder folder;
  folder.write(0, "metrics.jsonl", "{}\n");  // one of three epochs
  folder.write(0, "timing.jsonl", "{\"train_images\": 80, \"train_seconds\": 110, \"eval_seconds\": 10}\n");
  CHECK(*folder.read().hours_left == Approx((4 * 360.0 - 120) / 3600));
}

TEST_CASE("The time left is known from the first steps on", "[runs]") {
  const Folder folder;
  const auto lock = folder.ledger.try_lock(folder.keys[0]);
  lock->leave_note(R"({"epoch": 1, "step": 20, "steps": 100, "seconds_left": 80})");
  CHECK(*folder.read().hours_left == Approx((80 + 3 * 100.0) / 3600));
}

TEST_CASE("A folder without an experiment has no status", "[runs]") {
  const tests::TemporaryFolder folder;
  CHECK_THROWS_AS(read_status(folder.path()), RequestError);
}

TEST_CASE("A run whose summary is damaged is not done, and a status says why", "[runs]") {
  const Folder folder;
  folder.finish(0, 10);
  folder.finish(1, 10);
  folder.write(1, "summary.json", "{\"top1\": 1");
  folder.write(1, "metrics.jsonl", "{}\n{}\n{}\n");  // all its epochs: the next start does them again
  const ExperimentStatus status = folder.read();
  CHECK(status.runs[1].seconds_left == 10);
  CHECK(status.count(RunState::done) == 1);
  CHECK(status.runs[1].state == RunState::damaged);
  CHECK(status.to_json().at("damaged") == 1);
  REQUIRE(status.warnings.size() == 1);
  CHECK_THAT(status.warnings[0], ContainsSubstring("runs/" + status.runs[1].run + "/summary.json: is damaged"));
  CHECK(status.to_json()["warnings"] == config::Json(status.warnings));
}

TEST_CASE("A damaged summary is set aside once and a whole one stays", "[runs]") {
  const Folder folder;
  folder.finish(0, 10);
  folder.write(1, "summary.json", "nothing");
  CHECK(folder.ledger.set_damaged_summary_aside(folder.keys[0]).empty());
  CHECK_FALSE(folder.ledger.set_damaged_summary_aside(folder.keys[1]).empty());
  CHECK(folder.ledger.set_damaged_summary_aside(folder.keys[1]).empty());
  CHECK(folder.ledger.is_done(folder.keys[0]));
  CHECK(fs::exists(folder.ledger.run_folder(folder.keys[1]) / "summary.json.damaged"));
}

TEST_CASE("A status tells of each run which folder it is and the word that names it", "[runs]") {
  const Folder folder;
  folder.finish(0, 10);
  const ExperimentStatus status = folder.read();
  CHECK(status.runs[0].word == (folder.temporary / "out").string() + ":x@0");
  CHECK(status.to_json()["list"][3]["weights"] == (folder.temporary / "out").string() + ":x@3");
  CHECK(fs::exists(folder.temporary / "out/runs" / status.runs[0].run / "summary.json"));
}

}  // namespace status_test
