#include "execution/small_run.h"
#include "staircase/report/folder.h"
#include "staircase/runs/status.h"
#include "support/catch.h"

namespace old_folder_test {

// tests/runs/folder_1 was written by Staircase 0.1.0 (6fd574e): two rows, of which one seed each is done, and the base's
// second seed, stopped at step 5 of 8. Every later version reads, extends and resumes it.

using namespace staircase;
using config::Json;
using tests::Listener;
namespace fs = std::filesystem;

namespace {

const fs::path written = fs::path(STAIRCASE_TEST_REFERENCE) / "../runs/folder_1";
const std::string base_run = "27637d80cb103365", gelu_run = "a3257831d35208d8";

/// A copy that may be changed.
struct OldFolder {
  OldFolder() { fs::copy(written, folder(), fs::copy_options::recursive); }
  fs::path folder() const { return temporary / "folder_1"; }
  /// The experiment that it holds, as a file would give it now.
  Json content() const {
    Json content = config::read_json_file(folder() / "experiment.json");
    for (const char* key : {"staircase", "data_has"}) content.erase(key);
    return content;
  }
  size_t count_runs() const {
    return static_cast<size_t>(std::distance(fs::directory_iterator(folder() / "runs"), fs::directory_iterator()));
  }
  tests::TemporaryFolder temporary;
};

}  // namespace

TEST_CASE("A folder of 6fd574e is reported, with the numbers that its runs have", "[execution]") {
  const OldFolder old;
  const Json results = analysis::write_result(report::results_of(old.folder()));
  CHECK(results["runs"] == 4);
  CHECK(results["done"] == 2);
  for (const auto& [row, run] : {std::pair{0, base_run}, {1, gelu_run}}) {
    const Json& seed = results["rows"][static_cast<size_t>(row)]["seeds"][0];
    CHECK(seed["run"] == run + "-0");
    CHECK(seed["top1"] == config::read_json_file(old.folder() / "runs" / (run + "-0") / "summary.json")["top1"]);
  }
  const runs::ExperimentStatus status = runs::read_status(old.folder());
  CHECK(status.count(runs::RunState::done) == 2);
  CHECK(status.count(runs::RunState::stopped) == 1);
  CHECK(status.count(runs::RunState::waiting) == 1);
}

TEST_CASE("A folder of 6fd574e is reported when a field is missing in it", "[execution]") {
  const OldFolder old;
  Json content = config::read_json_file(old.folder() / "experiment.json");
  content["base"]["recipe"].erase("head_init_scale");
  write_file_atomically(old.folder() / "experiment.json", content.dump(2));
  CHECK(report::results_of(old.folder()).done == 2);
  CHECK(runs::read_status(old.folder()).count(runs::RunState::done) == 2);
}

TEST_CASE("A folder of 6fd574e is resumed and extended by seeds and steps", "[execution]") {
  const OldFolder old;
  Json content = old.content();
  content["seeds"] = {0, 1, 2};
  content["steps"].push_back({{"name", "layer"}, {"set", {{"/model/norm", "layer"}}}});
  Listener listener;
  tests::run(content, old.folder(), listener, true);  // on whatever LibTorch this is
  CHECK(listener.failed.empty());
  std::sort(listener.ended.begin(), listener.ended.end());
  // Not what is done.
  CHECK(listener.ended ==
        std::vector<std::string>{"base@1", "base@2", "gelu@1", "gelu@2", "layer@0", "layer@1", "layer@2"});
  CHECK(listener.first_step.at("base@1") == 6);  // goes on from its checkpoint
  CHECK(listener.first_step.at("gelu@1") == 1);
  CHECK(old.count_runs() == 9);
  for (const std::string& run : {base_run, gelu_run})
    for (const char* seed : {"-0", "-1", "-2"})
      CHECK(fs::exists(old.folder() / "runs" / (run + seed) / "summary.json"));
  const Json starts = config::read_json_file(old.folder() / "runs" / (base_run + "-1") / "config.json")["starts"];
  REQUIRE(starts.size() == 2);
  CHECK(starts[0]["staircase"]["revision"] == "6fd574e");
  CHECK(starts[1]["from_step"] == 5);
  CHECK(config::read_json_file(old.folder() / "experiment.json")["staircase"]["format"] == 1);
  CHECK(report::results_of(old.folder()).done == 9);
  Listener again;
  tests::run(content, old.folder(), again);
  CHECK(again.ended.empty());
}

}  // namespace old_folder_test
