#include "staircase/experiment/experiment_file.h"

#include "sample_experiment.h"
#include "staircase/base/build_info.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

using namespace staircase;
using namespace staircase::runs;
using namespace staircase::experiment;

namespace {

/// A folder of results whose experiment.json can be changed.
struct Stored {
  explicit Stored(const std::string& text = tests::sample_grid()) {
    experiment = resolve_experiment(config::parse_json(text, "x.json"), "x.json");
    experiment.options.threads = 1;
    ledger.write_experiment_file(experiment, {10, 3});
  }
  config::Json content() const { return config::read_json_file(file()); }
  void write(const config::Json& content) const { write_file_atomically(file(), content.dump(2)); }
  void add_run() const { make_folder(folder / "runs" / "0123456789abcdef-0"); }
  std::filesystem::path file() const { return folder / "experiment.json"; }

  /// Both the report and a run that goes on must say it, and leave the file as it is.
  void check_refused(const std::string& sentence) {
    const std::string before = read_file(file());
    CHECK_THROWS_AS(ledger.read_experiment_file(), RequestError);
    CHECK_THROWS_WITH(ledger.read_experiment_file(), ContainsSubstring(sentence));
    Experiment again = experiment;
    CHECK_THROWS_AS(ledger.join(again), RequestError);
    CHECK_THROWS_WITH(ledger.join(again), ContainsSubstring(sentence));
    CHECK(read_file(file()) == before);
  }
  void check_accepted() {
    CHECK(ledger.read_experiment_file().first.base == experiment.base);
    Experiment again = experiment;
    CHECK_NOTHROW(ledger.join(again));
  }

  tests::TemporaryFolder folder;
  Experiment experiment;
  Ledger ledger{folder.path()};
};

const config::Json newer = {{"version", "0.9.0"}, {"revision", "fedcba9"}, {"format", 1}};

}  // namespace

TEST_CASE("A folder of results names the version that wrote it and its format", "[experiment]") {
  Stored stored;
  CHECK(stored.content()["staircase"] == writer_json());
  CHECK(stored.content()["staircase"]["version"] == build_info().version);
  CHECK(stored.content()["staircase"]["format"] == 1);
  stored.check_accepted();
}

TEST_CASE("A folder that names no version is read as before", "[experiment]") {
  Stored stored;
  config::Json content = stored.content();
  content.erase("staircase");
  stored.write(content);
  stored.check_accepted();
}

TEST_CASE("A folder of another version with the same format and fields is read", "[experiment]") {
  Stored stored;
  config::Json content = stored.content();
  content["staircase"] = newer;
  stored.write(content);
  stored.check_accepted();
}

TEST_CASE("A folder of another format is refused with both versions", "[experiment]") {
  Stored stored;
  config::Json content = stored.content();
  content["staircase"] = newer;
  content["staircase"]["format"] = 2;
  content["base"]["model"]["grn"] = true;
  stored.write(content);
  stored.check_refused("experiment.json: was written by Staircase 0.9.0 (fedcba9) in format 2; this is Staircase " +
                       build_info().version);
  stored.check_refused("which reads format 1");
  for (const config::Json& damaged : {config::Json("new"), config::Json::object(), config::Json{{"format", "1"}}}) {
    content["staircase"] = damaged;
    stored.write(content);
    stored.check_refused("was written by Staircase of unknown version in ");
  }
}

TEST_CASE("A folder with a field that this version lacks is refused with the version that wrote it", "[experiment]") {
  Stored stored;
  config::Json content = stored.content();
  content["staircase"] = newer;
  content["base"]["model"]["grn"] = true;
  stored.write(content);
  stored.check_refused("/model/grn: is not a known field");
  stored.check_refused("; the file was written by Staircase 0.9.0 (fedcba9), this is Staircase " +
                       build_info().version);
  content.erase("staircase");
  stored.write(content);
  stored.check_refused("the file was written by a version of Staircase that it does not name, this is Staircase");
}

TEST_CASE("A folder from before a field that names runs is refused, because none of its runs would be found",
          "[experiment]") {
  Stored stored;
  config::Json content = stored.content();
  content["staircase"] = newer;
  content["base"]["recipe"].erase("head_init_scale");
  stored.write(content);
  stored.check_refused(
      "has no /base/recipe/head_init_scale, which names runs here: it was written by Staircase 0.9.0 (fedcba9), this is");
}

TEST_CASE("A comparison whose runs were named by other fields is refused with both versions", "[experiment]") {
  Stored stored(R"({"name": "two", "kind": "comparison", "seeds": [0],
    "base": {"recipe": "small", "data": {"kind": "shapes"}},
    "candidates": [{"name": "a", "model": "resnet50"}, {"name": "b", "model": {"from": "resnet50", "norm": "layer"}}]})");
  stored.add_run();
  stored.check_accepted();  // its own version
  config::Json content = stored.content();
  content["staircase"]["revision"] = "fedcba9";
  stored.write(content);
  stored.check_accepted();
  content["staircase"] = newer;
  stored.write(content);
  stored.check_accepted();  // from before fields were named
  content["staircase"]["fields"] = "0123456789abcdef";
  stored.write(content);
  stored.check_refused(
      "its runs are named by the fields of another version, so none would be found: it was written by "
      "Staircase 0.9.0 (fedcba9), this is Staircase " +
      build_info().version);
}

TEST_CASE("A folder without runs may have been written with other fields", "[experiment]") {
  Stored stored;
  config::Json content = stored.content();
  content["staircase"]["fields"] = "0123456789abcdef";
  stored.write(content);
  stored.check_accepted();
}

TEST_CASE("A field of the experiment that decides no run may be missing in a folder", "[experiment]") {
  Stored stored;
  config::Json content = stored.content();
  content.erase("orders");
  stored.write(content);
  stored.check_accepted();
}
