#include "execution/small_run.h"
#include "staircase/analysis/seed_plan.h"
#include "staircase/experiment/pilot.h"
#include "staircase/report/folder.h"
#include "support/catch.h"

namespace until_test {

using namespace staircase;
using namespace staircase::execution;
using tests::Listener;
using tests::run;
namespace fs = std::filesystem;

namespace {

/// Two rows that pass chance, with seeds added up to four.
config::Json growing(double shown) {
  config::Json content = tests::single_run();
  content["base"]["data"].update({{"train_images", 320}, {"val_images", 400}});
  config::Json& recipe = content["base"]["recipe"];
  recipe.update({{"epochs", 2}, {"learning_rate", 0.003}, {"drop_path_rate", 0}, {"ema_decay", 0}});
  for (const char* field : {"mixup_alpha", "cutmix_alpha", "rand_augment_operations", "random_erasing", "color_jitter"})
    recipe[field] = 0;
  content["name"] = "growing";
  content["kind"] = "ablation";
  content["steps"] = {{{"name", "gelu"}, {"set", {{"/model/activation", "gelu"}}}}};
  content["until"] = {{"shown", shown}, {"at_most_seeds", 4}};
  return content;
}

/// Every file that no clock decides, by its path.
std::map<std::string, std::string> files_of(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    for (const char* kept : {"experiment.json", "metrics.jsonl", "summary.json", "weights.safetensors"})
      if (name == kept) files[entry.path().lexically_relative(folder).string()] = read_file(entry.path());
  }
  return files;
}

}  // namespace

TEST_CASE("Seeds are added round by round until every difference is decided", "[execution]") {
  const tests::TemporaryFolder folder;
  Listener wide, narrow;
  run(growing(100), folder / "wide", wide);
  CHECK(wide.ended.size() == 6);  // three seeds say that it is less than 100 points
  CHECK(report::report_folder(folder / "wide").rows[1].delta->difference->verdict == analysis::Verdict::smaller);
  run(growing(0.01), folder / "narrow", narrow);
  CHECK(narrow.ended ==
        std::vector<std::string>{"base@0", "gelu@0", "base@1", "gelu@1", "base@2", "gelu@2", "base@3", "gelu@3"});
  const analysis::Results results = report::report_folder(folder / "narrow");
  CHECK(results.seeds == std::vector<int64_t>{0, 1, 2, 3});
  CHECK(results.looks->seeds == 4);
  CHECK(results.looks->open == 1);
  Listener again;
  run(growing(0.01), folder / "narrow", again);
  CHECK(again.ended.empty());
}

TEST_CASE("An experiment that adds seeds goes on to the same bytes after a stop", "[execution]") {
  const tests::TemporaryFolder folder;
  Listener whole, rest, second;
  run(growing(0.01), folder / "whole", whole);
  tests::stop_in_the_middle(growing(0.01), folder / "stopped", 3);
  run(growing(0.01), folder / "stopped", rest);
  CHECK(files_of(folder / "whole") == files_of(folder / "stopped"));
  CHECK(files_of(folder / "whole").size() == 1 + 3 * 8);
}

TEST_CASE("Looks that are planned anew, or given up, need another folder", "[execution]") {
  const tests::TemporaryFolder folder;
  Listener first, other;
  run(growing(100), folder / "out", first);
  config::Json more = growing(100), none = growing(100);
  more["until"]["at_most_seeds"] = 30;
  none.erase("until");
  for (const config::Json& content : {more, none})
    CHECK_THAT(tests::refusal([&] { run(content, folder / "out", other); }), ContainsSubstring("adds seeds by /until"));
}

TEST_CASE("An experiment takes the runs of its pilot over", "[execution]") {
  const tests::TemporaryFolder folder;
  const experiment::Experiment whole = experiment::resolve_experiment(growing(0.01), "x.json");
  RunOptions options;
  options.folder = folder / "growing-pilot";
  Listener pilot, rest;
  run_experiment(experiment::pilot_of(whole), options, pilot, pilot.stop);
  CHECK(pilot.ended.size() == 6);
  CHECK(analysis::pooled_spread(report::results_of(options.folder))->degrees == 2);
  options.folder = folder / "growing";
  options.reuse = true;
  run_experiment(whole, options, rest, rest.stop);
  CHECK(rest.ended == std::vector<std::string>{"base@3", "gelu@3"});
}

}  // namespace until_test
