#include "staircase/experiment/experiment_file.h"

#include "sample_experiment.h"
#include "staircase/base/build_info.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

namespace experiment_file_test {

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

const config::Json newer = {{"version", "0.9.0"}, {"revision", "fedcba9"}, {"format", 2}};

const char* const comparison = R"({"name": "two", "kind": "comparison", "seeds": [0],
  "base": {"recipe": "small", "data": {"kind": "shapes"}},
  "candidates": [{"name": "a", "model": "resnet50"}, {"name": "b", "model": {"from": "resnet50", "norm": "layer"}}]})";

}  // namespace

TEST_CASE("A folder of results names the version that wrote it and its format", "[experiment]") {
  Stored stored;
  CHECK(stored.content()["staircase"] == writer_json());
  CHECK(stored.content()["staircase"]["version"] == build_info().version);
  CHECK(stored.content()["staircase"]["format"] == 2);
  stored.check_accepted();
}

TEST_CASE("A folder that names no version, or another one with a format that is known, is read", "[experiment]") {
  Stored stored;
  config::Json content = stored.content();
  content.erase("staircase");
  stored.write(content);
  stored.check_accepted();
  for (int format : {1, 2}) {
    content["staircase"] = newer;
    content["staircase"]["format"] = format;
    stored.write(content);
    stored.check_accepted();
  }
}

TEST_CASE("A folder keeps its format, whichever version extends it", "[experiment]") {
  Stored stored;
  config::Json content = stored.content();
  content["staircase"] = newer;
  content["staircase"]["format"] = 1;
  stored.write(content);
  Ledger(stored.folder.path()).write_experiment_file(stored.experiment, {10, 3});
  CHECK(stored.content()["staircase"] == writer_json(1));
  CHECK(stored.content()["staircase"]["format"] == 1);
  CHECK(stored.content()["staircase"]["version"] == build_info().version);
}

TEST_CASE("A folder of another format is refused with both versions", "[experiment]") {
  Stored stored;
  config::Json content = stored.content();
  content["staircase"] = newer;
  content["staircase"]["format"] = 3;
  content["base"]["model"]["gated"] = true;
  stored.write(content);
  stored.check_refused("experiment.json: was written by Staircase 0.9.0 (fedcba9) in format 3; this is Staircase " +
                       build_info().version);
  stored.check_refused("which reads format 1 to 2");
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
  content["base"]["model"]["gated"] = true;
  stored.write(content);
  stored.check_refused("/model/gated: is not a known field");
  stored.check_refused("; the file was written by Staircase 0.9.0 (fedcba9), this is Staircase " +
                       build_info().version);
  content.erase("staircase");
  stored.write(content);
  stored.check_refused("the file was written by a version of Staircase that it does not name, this is Staircase");
}

TEST_CASE("So is a step, a candidate or an override with such a field", "[experiment]") {
  const auto check = [](Stored&& stored, const std::string& pointer, const config::Json& value) {
    config::Json content = stored.content();
    content["staircase"] = newer;
    content[config::Json::json_pointer(pointer)] = value;
    stored.write(content);
    stored.check_refused("/model/gated: is not a known field");
    stored.check_refused("; the file was written by Staircase 0.9.0 (fedcba9)");
  };
  check(Stored(), "/override/~1model~1gated", true);
  check(Stored(), "/steps/0/set", {{"/model/gated", true}});
  check(Stored(comparison), "/candidates/1/model/gated", true);
}

TEST_CASE("A field that a folder lacks has its frozen default", "[experiment]") {
  for (const int format : {1, 2}) {
    Stored stored;
    config::Json content = stored.content();
    content["staircase"] = newer;
    content["staircase"]["format"] = format;
    content["base"]["recipe"].erase("head_init_scale");
    content["base"].erase("init");
    content.erase("orders");
    stored.write(content);
    stored.add_run();
    stored.check_accepted();
  }
}

TEST_CASE("Runs that were named before format 1 was what it is are refused with both versions", "[experiment]") {
  Stored stored(comparison);
  config::Json content = stored.content();
  content["staircase"] = newer;
  content["staircase"]["format"] = 1;
  content["staircase"]["fields"] = "0123456789abcdef";
  stored.write(content);
  stored.check_accepted();  // there are none
  stored.add_run();
  stored.check_refused(
      "its runs are named by the fields of another version, so none would be found: it was written by "
      "Staircase 0.9.0 (fedcba9), this is Staircase " +
      build_info().version);
}

}  // namespace experiment_file_test
