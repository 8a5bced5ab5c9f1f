#include "staircase/runs/ledger.h"

#include <algorithm>
#include <chrono>

#include "staircase/base/files.h"
#include "staircase/runs/free_folder.h"
#include "support/catch.h"
#include "support/refusal.h"
#include "support/small_experiment.h"
#include "support/temporary_folder.h"

namespace ledger_test {

using namespace staircase;
using namespace staircase::runs;
using config::Json;
using experiment::Experiment;
namespace fs = std::filesystem;

namespace {

/// An experiment on files that nobody opens; the second step uses others.
Experiment on_files(const std::string& path, const std::string& other = "/data/other") {
  config::Configuration c = tests::small_configuration();
  c.data = {};
  c.data.kind = config::DataKind::image_folder;
  c.data.path = path;
  return experiment::resolve_experiment({{"name", "x"},
                                         {"kind", "ablation"},
                                         {"design", "one_at_a_time"},
                                         {"threads", 1},
                                         {"seeds", {0, 1}},
                                         {"base", config::write_configuration(c)},
                                         {"steps",
                                          {{{"name", "gelu"}, {"set", {{"/model/activation", "gelu"}}}},
                                           {{"name", "other"}, {"set", {{"/data/path", other}}}}}}},
                                        "x.json");
}

config::DataContent content(const std::string& path, int64_t coats) {
  return {config::DataKind::image_folder, path, {{"train", {{"coat", coats, 1}, {"dress", 4, 2}}}}};
}

DataShape shape(const std::string& path, int64_t coats = 64, const std::string& other = "/data/other") {
  return {10, 3, {content(path, coats), content(other, 5)}};
}

std::vector<std::string> names(const Experiment& experiment, const Ledger& ledger) {
  std::vector<std::string> all;
  for (const RunKey& run : list_runs(experiment::design_variants(experiment, 10, 3), {0}, ledger))
    all.push_back(ledger.run_name(run));
  return all;
}

/// A folder of on_files("/data/clothes") in which a run is done.
struct Folder {
  Folder() {
    ledger.know_data(experiment, shape("/data/clothes"));
    ledger.write_experiment_file(experiment, shape("/data/clothes"));
    leave("summary.json");
  }
  /// Of a run.
  void leave(const std::string& file) const {
    const fs::path path = folder.path() / "runs/0123456789abcdef-0" / file;
    make_folder(path.parent_path());
    write_file_atomically(path, "{}");
  }
  void forget_runs() const { fs::remove_all(folder.path() / "runs"); }
  /// What a program says that comes with an experiment and what it finds where the data lie.
  std::string refusal(Experiment now, const DataShape& has) const {
    return tests::refusal([&] {
      Ledger another(folder.path());
      another.join(now);
      another.know_data(now, has);
    });
  }

  tests::TemporaryFolder folder;
  Experiment experiment = on_files("/data/clothes");
  Ledger ledger{folder.path()};
};

}  // namespace

TEST_CASE("Runs are named by what their data are, which experiment.json knows without the data", "[runs]") {
  const Folder folder;
  const auto before = names(folder.experiment, folder.ledger);
  CHECK(before.size() == 3);  // the step that changes nothing but the data is a run of its own
  CHECK(std::adjacent_find(before.begin(), before.end()) == before.end());
  const Ledger later(folder.folder.path());
  CHECK(names(later.read_experiment_file().first, later) == before);
  CHECK(names(folder.experiment, Ledger(folder.folder.path())) == before);
}

TEST_CASE("Data that moved are the same, in the base and in a step", "[runs]") {
  const Folder folder;
  const auto before = names(folder.experiment, folder.ledger);
  Experiment moved = on_files("/mnt/clothes", "/mnt/other");
  const DataShape has = shape("/mnt/clothes", 64, "/mnt/other");
  CHECK(folder.refusal(moved, has).empty());
  Ledger ledger(folder.folder.path());
  ledger.join(moved);
  ledger.know_data(moved, has);
  ledger.write_experiment_file(moved, has);
  CHECK(names(moved, ledger) == before);
  const auto [stored, stored_shape] = Ledger(folder.folder.path()).read_experiment_file();
  CHECK(stored.base.data.path == "/mnt/clothes");  // the new place is taken over
  CHECK(names(stored, Ledger(folder.folder.path())) == before);
  CHECK(stored_shape.sets.size() == 2);
}

TEST_CASE("Data that an override moved are the same", "[runs]") {
  Folder folder;
  Experiment moved = folder.experiment;
  for (Experiment* each : {&folder.experiment, &moved}) {
    each->steps.pop_back();  // what a step edits cannot be overridden
    each->options.steps.pop_back();
  }
  folder.ledger.write_experiment_file(folder.experiment, shape("/data/clothes"));
  moved.options.override_fields["/data/path"] = "/mnt/clothes";
  CHECK(folder.refusal(moved, shape("/mnt/clothes")).empty());
  CHECK_THAT(folder.refusal(moved, shape("/mnt/clothes", 65)),
             ContainsSubstring("/mnt/clothes: is not the data that the runs in"));
}

TEST_CASE("Data that changed are refused, wherever they lie, naming what changed", "[runs]") {
  const Folder folder;
  for (const std::string path : {"/data/clothes", "/mnt/clothes"})
    CHECK(folder.refusal(on_files(path), shape(path, 128)) ==
          path + ": is not the data that the runs in " + folder.folder.path().string() +
              " were trained on: train: 68 images there and 132 here (class coat: 64 and 128); use another --out");
  DataShape other = shape("/data/clothes");
  other.sets[1].parts[0].classes[0].stamp = 7;
  CHECK_THAT(folder.refusal(on_files("/data/clothes"), other),
             ContainsSubstring("/data/other: is not the data") &&
                 ContainsSubstring("images of the class coat are not the same"));
  other = shape("/data/clothes");
  other.classes = 11;
  CHECK_THAT(folder.refusal(on_files("/data/clothes"), other),
             ContainsSubstring("10 classes and 3 channels there and 11 classes and 3 channels here"));
}

TEST_CASE("A folder in which nothing was trained takes any experiment and any data", "[runs]") {
  const Folder folder;
  folder.forget_runs();
  folder.leave("failure.json");
  folder.leave("config.json");
  Experiment now = on_files("/data/clothes");
  now.options.override_fields["/recipe/epochs"] = 9;
  now.options.threads = 2;
  now.options.seeds = {7};
  CHECK(folder.refusal(now, shape("/data/clothes", 65)).empty());
  Ledger ledger(folder.folder.path());
  ledger.join(now);
  CHECK(ledger.begins_afresh());
  CHECK(now.options.seeds == std::vector<int64_t>{7});
  CHECK(now.options.threads == 2);
  ledger.know_data(now, shape("/data/clothes", 65));
  ledger.write_experiment_file(now, shape("/data/clothes", 65));
  const DataShape known = Ledger(folder.folder.path()).read_experiment_file().second;
  CHECK(known.sets.size() == 2);  // and nothing of the data that were there before
  CHECK(config::find_content(known.sets, now.base.data)->parts[0].images() == 69);
}

TEST_CASE("A folder is taken by a run that is done, begun or worked on, and by a program between two", "[runs]") {
  const Folder folder;
  const fs::path path = folder.folder.path();
  Experiment now = on_files("/data/clothes");
  now.options.override_fields["/recipe/epochs"] = 9;
  const auto is_taken = [&] { return !folder.refusal(now, shape("/data/clothes")).empty(); };
  for (const char* file :
       {"summary.json", "summary.json.damaged", "weights.safetensors", "checkpoints/step-000000001.safetensors"}) {
    INFO(file);
    folder.forget_runs();
    CHECK_FALSE(is_taken());
    folder.leave(file);
    CHECK(is_taken());
  }
  folder.forget_runs();
  folder.leave("failure.json");
  {
    const auto lock = FileLock::try_take(path / "runs/0123456789abcdef-0/.lock");
    CHECK(is_taken());
  }
  {
    const auto hold = hold_folder(path);
    REQUIRE(hold);
    CHECK(is_taken());
  }
  CHECK_FALSE(is_taken());
  write_file_atomically(path / ".in_use-1", "");  // its program was killed
  CHECK_FALSE(is_taken());
  hold_folder(path);
  CHECK_FALSE(fs::exists(path / ".in_use-1"));
}

TEST_CASE("A folder of format 1 names its runs by the path of their data and keeps it", "[runs]") {
  const Folder folder;
  Json content = config::read_json_file(folder.folder / "experiment.json");
  content["staircase"]["format"] = 1;
  content["data_has"].erase("sets");
  write_file_atomically(folder.folder / "experiment.json", content.dump());
  const Ledger ledger(folder.folder.path());
  const auto design = experiment::design_variants(folder.experiment, 10, 3);
  CHECK(ledger.run_name({design.variants[0].configuration, 3}) ==
        config::content_name(design.variants[0].configuration, 1) + "-3");
  CHECK(folder.refusal(on_files("/data/clothes"), shape("/data/clothes", 65)).empty());  // nothing is known of them yet
  CHECK_THAT(folder.refusal(on_files("/mnt/clothes"), shape("/mnt/clothes")),
             ContainsSubstring("/base/data/path is \"/data/clothes\" there and \"/mnt/clothes\" here") &&
                 ContainsSubstring("the runs of this folder are named by it"));
}

TEST_CASE("A drop-path rate that no recipe asks for does not make another experiment", "[runs]") {
  const Folder folder;
  Experiment now = folder.experiment;
  now.base.model_drop_path_rate = 0.3;
  CHECK(folder.refusal(now, shape("/data/clothes")).empty());
  now.options.override_fields["/recipe/drop_path_rate"] = "model";
  CHECK(!folder.refusal(now, shape("/data/clothes")).empty());
}

TEST_CASE("Each override that differs is named with what it is there and here", "[runs]") {
  Folder folder;
  const std::string start = folder.folder.path().string() + ": belongs to another experiment: ";
  Experiment now = folder.experiment, without = folder.experiment;
  now.options.override_fields["/recipe/epochs"] = 9;
  CHECK(folder.refusal(now, shape("/data/clothes")) ==
        start + "/override sets /recipe/epochs to 9 (there not set) here; use another --out");
  folder.ledger.write_experiment_file(now, shape("/data/clothes"));
  CHECK(folder.refusal(without, shape("/data/clothes")) ==
        start + "its runs were made with --set /recipe/epochs=9, missing here: set it too, or use another --out");
  now.options.override_fields["/recipe/epochs"] = 10;
  now.options.override_fields["/recipe/learning_rate"] = 0.5;
  CHECK(folder.refusal(now, shape("/data/clothes")) ==
        start +
            "/override sets /recipe/epochs to 10 (there 9), /recipe/learning_rate to 0.5 (there not set) here; "
            "use another --out");
  without.options.override_fields["/recipe/learning_rate"] = 0.5;
  CHECK(folder.refusal(without, shape("/data/clothes")) ==
        start +
            "/override sets /recipe/learning_rate to 0.5 (there not set) here; its runs were made with --set "
            "/recipe/epochs=9, missing here: set it too; use another --out");
}

TEST_CASE("A folder goes on with checkpointed activations, however they are asked for", "[runs]") {
  const Folder folder;
  Experiment of_base = folder.experiment, overridden = folder.experiment;
  of_base.base.recipe.checkpoint_activations = true;
  CHECK(folder.refusal(of_base, shape("/data/clothes")).empty());
  overridden.options.override_fields["/recipe/checkpoint_activations"] = true;
  CHECK(folder.refusal(overridden, shape("/data/clothes")).empty());
}

TEST_CASE("A step that is gone is named with the way that keeps the runs of the others", "[runs]") {
  const Folder folder;
  Experiment now = folder.experiment;
  now.steps.pop_back();
  now.options.steps.pop_back();
  CHECK_THAT(folder.refusal(now, shape("/data/clothes")),
             ContainsSubstring("its /steps hold \"other\"") &&
                 ContainsSubstring("another --out beside it takes over the runs that both have"));
}

TEST_CASE("A misspelt override is named before what a folder holds is looked at", "[runs]") {
  const Folder folder;
  Experiment now = folder.experiment;
  now.options.override_fields["/recipe/epoch"] = 9;
  CHECK(folder.refusal(now, shape("/data/clothes")) ==
        "x.json: /recipe/epoch: is not a known field (did you mean \"epochs\"?)");
}

TEST_CASE("Runs on data that nothing is known of have no names", "[runs]") {
  const Folder folder;
  CHECK_THAT(tests::refusal([&] { names(on_files("/nowhere"), folder.ledger); }),
             ContainsSubstring("does not know the data in \"/nowhere\""));
}

TEST_CASE("A thousand runs are listed and asked for their folders in a moment", "[runs]") {
  const Folder folder;
  std::vector<int64_t> seeds(334);
  for (size_t i = 0; i < seeds.size(); ++i) seeds[i] = static_cast<int64_t>(i);
  const auto start = std::chrono::steady_clock::now();
  const auto runs = list_runs(experiment::design_variants(folder.experiment, 10, 3), seeds, folder.ledger);
  CHECK(runs.size() == 1002);
  size_t letters = 0;
  for (int times = 0; times < 10; ++times)
    for (const RunKey& run : runs) letters += folder.ledger.run_name(run).size();
  CHECK(letters > 0);
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(1));
}

}  // namespace ledger_test
