// What a folder of results makes of a request that is not the one it was made with.
#include "execution/small_run.h"
#include "support/catch.h"

namespace free_folder_test {

using namespace staircase;
using config::Json;
using tests::refusal;
using tests::run;
namespace fs = std::filesystem;

namespace {

struct Hearer : tests::Listener {
  void on_note(const std::string& text) override { notes.push_back(text); }
  bool heard(const std::string& text) const { return std::count(notes.begin(), notes.end(), text) == 1; }
  std::vector<std::string> notes;
};

/// A learning rate at which the loss leaves the numbers.
Json exploding() {
  Json content = tests::single_run();
  content["base"]["recipe"]["optimizer"] = "sgd";
  content["base"]["recipe"]["warmup_epochs"] = 0;
  content["base"]["recipe"]["learning_rate"] = 1000;
  content["base"]["recipe"]["weight_decay"] = 10;
  content["base"]["recipe"]["epochs"] = 20;
  return content;
}

std::set<std::string> run_names(const fs::path& folder) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder / "runs")) names.insert(entry.path().filename().string());
  return names;
}

}  // namespace

TEST_CASE("A folder that holds only a failed run is replaced by another configuration, and says so", "[execution]") {
  const tests::TemporaryFolder folder;
  const fs::path out = folder / "out";
  const std::string sentence = out.string() + ": nothing was trained in it, so this experiment replaces what it held";
  Hearer failing, same, other, again;
  run(exploding(), out, failing);
  REQUIRE(failing.failed.size() == 1);
  const auto failed = run_names(out);
  run(exploding(), out, same);  // tries it again
  CHECK(same.failed.size() == 1);
  CHECK_FALSE(same.heard(sentence));
  run(tests::single_run(), out, other);
  CHECK(other.heard(sentence));
  CHECK(other.ended == std::vector<std::string>{"single@0"});
  CHECK(run_names(out).size() == 1);
  CHECK(run_names(out) != failed);
  CHECK_FALSE(refusal([&] { run(exploding(), out, again); }).empty());  // now it holds a run
}

TEST_CASE("Fewer seeds than a folder has are said to change nothing", "[execution]") {
  const tests::TemporaryFolder folder;
  Json content = tests::single_run();
  content["base"]["recipe"]["epochs"] = 1;
  content["base"]["recipe"]["warmup_epochs"] = 0;
  content["seeds"] = {0, 1};
  Hearer first, fewer, more;
  const std::string sentence = (folder / "out").string() +
                               ": keeps its seeds 0, 1; for fewer, another --out beside it takes over the runs that "
                               "both have";
  run(content, folder / "out", first);
  CHECK_FALSE(first.heard(sentence));
  content["seeds"] = {0};
  run(content, folder / "out", fewer);
  CHECK(fewer.heard(sentence));
  content["seeds"] = {1, 0};
  run(content, folder / "out", more);
  CHECK_FALSE(more.heard(sentence));
}

TEST_CASE("Another score for what is done is said", "[execution]") {
  const tests::TemporaryFolder folder;
  Json content = tests::single_run();
  Hearer first, raw, same;
  run(content, folder / "out", first);
  content["score"] = "raw";
  const std::string sentence =
      (folder / "out").string() + ": rows are compared by the raw weights now, not by the averaged ones as before";
  run(content, folder / "out", raw);
  CHECK(raw.heard(sentence));
  run(content, folder / "out", same);
  CHECK_FALSE(same.heard(sentence));
}

TEST_CASE("A step that changes nothing is refused where it is new in a folder", "[execution]") {
  const tests::TemporaryFolder folder;
  Json content = tests::single_run();
  content["kind"] = "ablation";
  content["base"]["recipe"]["epochs"] = 1;
  content["base"]["recipe"]["warmup_epochs"] = 0;
  content["steps"] = {{{"name", "gelu"}, {"set", {{"/model/activation", "gelu"}}}}};
  Hearer listener;
  run(content, folder / "out", listener);
  content["steps"].push_back({{"name", "same"}, {"set", {{"/model/activation", "relu"}}}});
  for (const char* design : {"one_at_a_time", "grid"}) {
    content["design"] = design;
    for (const char* out : {"out", "new"})
      CHECK_THAT(refusal([&] { run(content, folder / out, listener); }),
                 ContainsSubstring("the step same changes nothing"));
  }
}

TEST_CASE("A misspelt step is named before what the folder was made with", "[execution]") {
  const tests::TemporaryFolder folder;
  Json content = tests::single_run();
  content["kind"] = "ablation";
  content["steps"] = {{{"name", "gelu"}, {"set", {{"/model/activation", "gelu"}}}}};
  content["design"] = "one_at_a_time";
  tests::stop_in_the_middle(content, folder / "out", 1);
  content["base"]["recipe"]["epochs"] = 4;
  tests::Listener listener;
  CHECK_THAT(refusal([&] { run(content, folder / "out", listener); }), ContainsSubstring("belongs to another"));
  content["steps"][0]["set"] = {{"/model/activatoin", "gelu"}};
  CHECK_THAT(refusal([&] { run(content, folder / "out", listener); }),
             ContainsSubstring("/model/activatoin: is not a known field (did you mean \"activation\"?)"));
}

}  // namespace free_folder_test
