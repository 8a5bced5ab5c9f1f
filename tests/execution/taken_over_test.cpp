// Runs that a folder beside this one has done.
#include "execution/small_run.h"
#include "staircase/analysis/results.h"
#include "staircase/base/file_lock.h"
#include "staircase/runs/run_log.h"
#include "support/catch.h"

namespace taken_over_test {

using namespace staircase;
using config::Json;
namespace fs = std::filesystem;

namespace {

struct Hearer : tests::Listener {
  void on_note(const std::string& text) override {
    if (text.starts_with("taken over")) notes.push_back(text);  // the data have notes as well
    if (text.starts_with("not taken over")) not_taken = text;
  }
  std::vector<std::string> notes;
  std::string not_taken;
};

Json ablation(const std::string& name, const std::vector<std::string>& steps) {
  Json content = tests::single_run();
  content["name"] = name;
  content["kind"] = "ablation";
  content["design"] = "one_at_a_time";
  content["base"]["recipe"]["epochs"] = 1;
  content["base"]["recipe"]["warmup_epochs"] = 0;
  const std::map<std::string, Json> sets{{"gelu", {{"/model/activation", "gelu"}}},
                                         {"layer", {{"/model/norm", "layer"}}}};
  content["steps"] = Json::array();
  for (const std::string& step : steps) content["steps"].push_back({{"name", step}, {"set", sets.at(step)}});
  return content;
}

/// Two folders beside each other; the first holds a base and two steps, done.
struct Folders {
  Folders() {
    tests::Listener listener;
    tests::run(ablation("first", {"gelu", "layer"}), first, listener);
  }

  execution::RunOptions options(bool reuse = true) const {
    execution::RunOptions options;
    options.folder = second;
    options.reuse = reuse;
    return options;
  }

  /// Runs an experiment of one step in the second folder.
  std::unique_ptr<Hearer> run_second(bool reuse = true, const Json& content = ablation("second", {"gelu"})) const {
    auto hearer = std::make_unique<Hearer>();
    execution::run_experiment(experiment::resolve_experiment(content, "x.json"), options(reuse), *hearer, hearer->stop);
    return hearer;
  }

  std::map<std::string, std::string> first_content() const {
    std::map<std::string, std::string> all;
    for (const auto& entry : fs::recursive_directory_iterator(first))
      if (entry.is_regular_file()) all[entry.path().string()] = read_file(entry.path());
    return all;
  }

  /// Changes the text of a file in each run of the first folder.
  void rewrite(const std::string& file, const std::function<std::string(const std::string&)>& change) const {
    for (const auto& run : fs::directory_iterator(first / "runs"))
      write_file_atomically(run.path() / file, change(read_file(run.path() / file)));
  }

  tests::TemporaryFolder folder;
  fs::path first = folder / "runs/first", second = folder / "runs/second";
};

}  // namespace

TEST_CASE("Runs that a folder beside it has done are taken over by links, and the rest is trained", "[execution]") {
  const Folders folders;
  const auto before = folders.first_content();
  Json content = ablation("second", {"gelu"});
  content["seeds"] = {0, 1};
  const auto planned = execution::plan_run(experiment::resolve_experiment(content, "x.json"), folders.options());
  CHECK(planned.runs == 4);
  CHECK(planned.to_take_over == 2);
  const auto hearer = folders.run_second(true, content);
  CHECK(hearer->notes == std::vector<std::string>{"taken over 2 runs from " + folders.first.string()});
  CHECK(hearer->ended == std::vector<std::string>{"base@1", "gelu@1"});
  size_t linked = 0;
  for (const auto& run : fs::directory_iterator(folders.second / "runs")) {
    const fs::path there = folders.first / "runs" / run.path().filename();
    if (!fs::exists(there)) continue;
    ++linked;
    for (const char* file : {"config.json", "metrics.jsonl", "summary.json", "weights.safetensors"})
      CHECK(fs::equivalent(run.path() / file, there / file));
    CHECK_FALSE(fs::equivalent(run.path() / "timing.jsonl", there / "timing.jsonl"));
    CHECK(read_file(run.path() / "timing.jsonl") == read_file(there / "timing.jsonl"));
    CHECK_FALSE(fs::exists(run.path() / runs::run_lock_file));
  }
  CHECK(linked == 2);
  CHECK((folders.first_content() == before));  // not printed: weights are bytes
}

TEST_CASE("What happens to a run that was taken over leaves the folder that it came from as it was", "[execution]") {
  const Folders folders;
  folders.run_second();
  const auto before = folders.first_content();
  for (const auto& run : fs::directory_iterator(folders.second / "runs")) fs::remove(run.path() / "summary.json");
  CHECK(folders.run_second(false)->ended.size() == 2);
  CHECK((folders.first_content() == before));  // not printed: weights are bytes
}

TEST_CASE("Where links are not possible, runs are taken over by copies", "[execution]") {
  const Folders folders;
  const fs::path elsewhere = "/dev/shm/staircase-test-" + folders.folder.path().filename().string();
  std::error_code error;
  fs::copy(folders.first, elsewhere, fs::copy_options::recursive, error);
  if (!error) fs::create_hard_link(elsewhere / "experiment.json", folders.folder / "probe", error);
  if (!error || !fs::exists(elsewhere / "experiment.json")) {  // there is no other file system here
    fs::remove_all(elsewhere, error);
    WARN("not tested: /dev/shm is not another file system that can be written to");
    return;
  }
  const auto before = folders.first_content();
  fs::remove_all(folders.first);
  fs::create_directory_symlink(elsewhere, folders.first);
  const auto hearer = folders.run_second();
  for (const auto& run : fs::directory_iterator(folders.second / "runs"))
    for (const char* file : {"config.json", "metrics.jsonl", "summary.json", "timing.jsonl", "weights.safetensors"}) {
      const fs::path there = folders.first / "runs" / run.path().filename() / file;
      CHECK(fs::hard_link_count(run.path() / file) == 1);
      CHECK((read_file(run.path() / file) == before.at(there.string())));
    }
  fs::remove_all(elsewhere);
  CHECK(hearer->ended.empty());
}

TEST_CASE("A run is taken over only where it would have the same result here", "[execution]") {
  const Folders folders;
  const auto original = read_file(fs::directory_iterator(folders.first / "runs")->path() / "config.json");
  std::string why;
  const auto trains = [&] {
    fs::remove_all(folders.second);
    const auto hearer = folders.run_second();
    CHECK(hearer->notes.empty());
    why = hearer->not_taken;
    return hearer->ended.size() == 2;
  };
  const std::string start = "not taken over: 2 runs in " + folders.first.string();
  const auto with_start = [&](const char* key, const Json& value) {
    folders.rewrite("config.json", [&](const std::string& text) {
      Json content = Json::parse(text);
      content["starts"][0][key] = value;
      return content.dump();
    });
  };
  with_start("libtorch", "9.1.0");
  CHECK(trains());
  CHECK_THAT(why, ContainsSubstring(start + " (LibTorch 9.1.0 there, "));
  with_start("libtorch", Json::parse(original)["starts"][0]["libtorch"]);
  with_start("threads", 2);
  CHECK(trains());
  CHECK(why == start + " (threads 2 there, 1 here)");
  with_start("threads", 1);
  with_start("device", "cuda:0");
  CHECK(trains());
  CHECK(why == start + " (device cuda there, cpu here)");
  with_start("device", "cpu");
  fs::remove_all(folders.second);
  CHECK(folders.run_second()->ended.empty());  // it was these that decided
  folders.rewrite("summary.json", [](const std::string&) { return "{"; });
  CHECK(trains());
  CHECK(why.empty());  // nothing is done there
}

TEST_CASE("What the runs to take over have taken and given is known before they are", "[execution]") {
  const Folders folders;
  Json content = ablation("second", {"gelu"});
  content["seeds"] = {0, 1};
  const auto planned = execution::plan_run(experiment::resolve_experiment(content, "x.json"), folders.options());
  CHECK(planned.done == 0);
  const analysis::Results results = analysis::build_results(planned.experiment, planned.design, planned.ledger);
  CHECK(results.done == 2);
  for (const analysis::Row& row : results.rows) CHECK(row.score->count == 1);
  CHECK_FALSE(fs::exists(folders.second));
}

TEST_CASE("A run that somebody works on is not taken over", "[execution]") {
  const Folders folders;
  std::vector<std::optional<FileLock>> locks;
  for (const auto& run : fs::directory_iterator(folders.first / "runs"))
    locks.push_back(FileLock::try_take(run.path() / runs::run_lock_file));
  CHECK(folders.run_second()->ended.size() == 2);
}

TEST_CASE("A begun run is gone on with, and runs are trained where reuse is not asked for", "[execution]") {
  const Folders folders;
  CHECK(folders.run_second(false)->ended.size() == 2);
  fs::remove_all(folders.second);
  tests::stop_in_the_middle(ablation("second", {"gelu"}), folders.second, 3);
  const auto hearer = folders.run_second();
  CHECK(hearer->first_step.at("base@0") == 4);
  CHECK(hearer->notes == std::vector<std::string>{"taken over 1 run from " + folders.first.string()});
}

}  // namespace taken_over_test
