#include "staircase/execution/run_starts.h"

#include "execution/small_run.h"
#include "staircase/nn/libtorch.h"
#include "support/catch.h"

namespace run_starts_test {

using namespace staircase;
using config::Json;
using tests::Listener;
using tests::only_run;
using tests::refusal;
using tests::run;
using tests::single_run;
using tests::stop_in_the_middle;
namespace fs = std::filesystem;

namespace {

Json read_config(const fs::path& folder) { return config::read_json_file(only_run(folder) / "config.json"); }

void write_config(const fs::path& folder, const Json& content) {
  write_file_atomically(only_run(folder) / "config.json", content.dump(2));
}

}  // namespace

TEST_CASE("config.json keeps every start of its run", "[execution]") {
  const tests::TemporaryFolder folder;
  stop_in_the_middle(single_run(), folder / "out", 7);
  const Json first = read_config(folder / "out");
  REQUIRE(first["starts"].size() == 1);
  const Json start = first["starts"][0];
  CHECK(start["device"] == "cpu");
  CHECK(start["libtorch"] == TORCH_VERSION);
  CHECK(start["threads"] == 1);
  CHECK(start["processes"] == 1);
  CHECK(start["from_step"] == 0);
  CHECK(start["staircase"].contains("revision"));
  const auto time = start["time"].get<std::string>();
  CHECK(time.size() == 20);
  CHECK((time[10] == 'T' && time.back() == 'Z'));
  CHECK(first["seed"] == 0);
  CHECK(first["classes"].size() == 10);
  Listener listener;
  run(single_run(), folder / "out", listener);
  const Json second = read_config(folder / "out");
  REQUIRE(second["starts"].size() == 2);
  CHECK(second["starts"][0] == start);
  CHECK(second["starts"][1]["from_step"] == 7);
  CHECK(second["configuration"] == first["configuration"]);
}

TEST_CASE("A start that an older version wrote becomes the first of the list", "[execution]") {
  const tests::TemporaryFolder folder;
  stop_in_the_middle(single_run(), folder / "out", 7);
  Json older = read_config(folder / "out");
  const Json start = older["starts"][0];
  older.erase("starts");
  for (const char* key : {"threads", "device", "staircase", "libtorch", "compiler", "machine"}) older[key] = start[key];
  older["machine"] = "an older one";
  write_config(folder / "out", older);
  Listener listener;
  run(single_run(), folder / "out", listener);
  const Json now = read_config(folder / "out");
  REQUIRE(now["starts"].size() == 2);
  CHECK(now["starts"][0]["machine"] == "an older one");
  CHECK(now["starts"][0]["device"] == "cpu");
  CHECK_FALSE(now["starts"][0].contains("time"));
}

TEST_CASE("A begun run goes on only on the LibTorch and the kind of device that it began with, unless asked to",
          "[execution]") {
  const tests::TemporaryFolder folder;
  stop_in_the_middle(single_run(), folder / "out", 7);
  const Json before = read_config(folder / "out");
  const std::string place = only_run(folder / "out").string();
  const auto began_on = [&](const char* key, const char* value) {
    Json other = before;
    other["starts"][0][key] = value;
    write_config(folder / "out", other);
  };
  const auto said = [&] {
    Listener listener;
    const std::string sentence = refusal([&] { run(single_run(), folder / "out", listener); });
    CHECK(listener.first_step.empty());
    return sentence;
  };
  began_on("libtorch", "9.1.0");
  CHECK(said() == place + ": its run began on LibTorch 9.1.0 and would go on on LibTorch " TORCH_VERSION
                          ", which changes results; --elsewhere lets it");
  began_on("device", "cuda:1");
  CHECK(said() == place + ": its run began on cuda and would go on on cpu, which changes results; --elsewhere lets it");
  Listener listener;
  run(single_run(), folder / "out", listener, true);
  CHECK(listener.first_step.at("single@0") == 8);
  CHECK(read_config(folder / "out")["starts"].size() == 2);
  began_on("device", "cuda:1");  // a finished run is nobody's concern
  CHECK(said().empty());
}

TEST_CASE("A run that lost its checkpoints begins anew, anywhere", "[execution]") {
  const tests::TemporaryFolder folder;
  stop_in_the_middle(single_run(), folder / "out", 7);
  Json other = read_config(folder / "out");
  other["starts"][0]["libtorch"] = "9.1.0";
  write_config(folder / "out", other);
  fs::remove_all(only_run(folder / "out") / "checkpoints");
  Listener first(7), second;
  CHECK_THROWS_AS(run(single_run(), folder / "out", first), Interrupted);
  CHECK(first.first_step.at("single@0") == 1);
  run(single_run(), folder / "out", second);  // it began here
  CHECK(second.first_step.at("single@0") == 8);
  CHECK(read_config(folder / "out")["starts"].size() == 3);
}

TEST_CASE("Checkpoints that a kill left beside a summary are removed by the next start", "[execution]") {
  const tests::TemporaryFolder folder;
  stop_in_the_middle(single_run(), folder / "out", 7);
  const fs::path left = folder / "left";
  fs::copy(only_run(folder / "out") / "checkpoints", left);
  Listener first, second;
  run(single_run(), folder / "out", first);
  const fs::path checkpoints = only_run(folder / "out") / "checkpoints";
  CHECK_FALSE(fs::exists(checkpoints));
  fs::copy(left, checkpoints);
  run(single_run(), folder / "out", second);
  CHECK(second.ended.empty());
  CHECK_FALSE(fs::exists(checkpoints));
}

}  // namespace run_starts_test
