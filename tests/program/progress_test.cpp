// What a run tells while it goes on, in each of the ways to tell it, and a report in each of its formats.
#include <sstream>

#include "apps/whole_bar.h"
#include "program/program.h"

namespace progress_test {

using namespace staircase;
using namespace staircase::tests;
namespace fs = std::filesystem;

namespace {

/// The first run explodes, the second does not.
config::Json two_runs() {
  config::Json content = tiny_experiment();
  content["kind"] = "ablation";
  content["seeds"] = {0};
  content["design"] = "one_at_a_time";
  content["score"] = "raw";
  content["base"]["recipe"]["optimizer"] = "sgd";
  content["base"]["recipe"]["weight_decay"] = 10;
  content["base"]["recipe"]["learning_rate"] = 1000;
  content["base"]["recipe"]["clip_grad_norm"] = 0;
  content["base"]["recipe"]["epochs"] = 20;
  content["steps"] = {{{"name", "exploding"}, {"set", config::Json::object()}},
                      {{"name", "calm"}, {"set", {{"/recipe/learning_rate", 0.001}}}}};
  return content;
}

std::vector<config::Json> events(const std::string& lines) {
  std::istringstream in(lines);
  std::vector<config::Json> all;
  for (std::string line; std::getline(in, line);) all.push_back(config::parse_json(line, "stderr"));
  return all;
}

std::vector<config::Json> of(const std::vector<config::Json>& events, const std::string& name, const std::string& row) {
  std::vector<config::Json> found;
  for (const config::Json& each : events)
    if (each.at("event") == name && each.value("row", "") == row) found.push_back(each);
  return found;
}

std::string file(const std::string& name) { return WorkFolder::content().at("./" + name); }

}  // namespace

TEST_CASE("Events tell of each run from its start to its end, a JSON object a line", "[program]") {
  const WorkFolder work;
  write_experiment(two_runs());
  const Answer answer = ask({"run", "x.json", "--out", "results", "--progress", "json", "--json"});
  CHECK(answer.status == 1);  // one of them failed
  CHECK(answer.json().at("failed") == 1);
  const auto told = events(answer.err);
  CHECK(of(told, "note", "").at(0).at("text") == "train: 64 images, 10 classes; val: 20 images");
  for (const std::string row : {"exploding", "calm"}) {
    const auto started = of(told, "run_started", row);
    REQUIRE(started.size() == 1);
    CHECK(started[0].at("seed") == 0);
    CHECK(started[0].at("runs") == 2);
  }
  REQUIRE(of(told, "run_failed", "exploding").size() == 1);
  CHECK_THAT(of(told, "run_failed", "exploding")[0].at("reason").get<std::string>(), ContainsSubstring("loss"));
  CHECK(of(told, "epoch", "calm").size() == 20);
  const auto steps = of(told, "step", "calm"), done = of(told, "run_done", "calm");
  CHECK(steps.front().at("step") == 1);
  CHECK(steps.back().at("step") == steps.back().at("steps"));
  CHECK(steps.back().at("steps") == 80);
  REQUIRE(done.size() == 1);
  CHECK(done[0].at("numbers").at("top1") == answer.json().at("rows")[1].at("seeds")[0].at("top1"));
  CHECK(of(told, "run_done", "exploding").empty());
}

TEST_CASE("A quiet run tells of what went wrong alone", "[program]") {
  const WorkFolder work;
  write_experiment(tiny_experiment());
  const Answer calm = ask({"run", "x.json", "--out", "calm", "--quiet"});
  CHECK(calm.status == 0);
  CHECK(calm.err.empty());
  CHECK_THAT(calm.out, ContainsSubstring("The report is calm/report.html"));
  write_experiment(two_runs());
  const Answer failed = ask({"run", "x.json", "--out", "failed", "--quiet"});
  CHECK(failed.status == 1);
  CHECK_THAT(failed.err, ContainsSubstring("warning: exploding, seed 0 failed: ") && !ContainsSubstring("calm"));
  refuse(2, "--quiet and --progress json: are two ways", {"run", "x.json", "--quiet", "--progress", "json"});
  refuse(2, "--progress: found \"xml\", allowed is json", {"run", "x.json", "--progress", "xml"});
}

TEST_CASE("The whole experiment's line counts what is done and what is under way", "[program]") {
  const WorkFolder work;
  write_experiment(tiny_experiment());
  REQUIRE(ask({"run", "x.json", "--out", "one", "--quiet"}).status == 0);
  REQUIRE(ask({"run", "x.json", "--out", "four", "--quiet", "--set", "/seeds=[0,1,2,3]"}).status == 0);
  for (const auto& run : fs::directory_iterator("four/runs"))
    if (!run.path().string().ends_with("-0")) fs::remove(run.path() / "summary.json");
  const auto line = [](const std::string& folder, double under_way) {
    apps::WholeBar bar(folder);
    bar.look(true);
    return bar.text(under_way);
  };
  CHECK(line("one", 0).empty());  // its own line says it all
  CHECK_THAT(line("four", 0), ContainsSubstring("1 of 4 runs  █████░░░░░░░░░░░░░░░"));
  CHECK_THAT(line("four", 1.0), ContainsSubstring("1 of 4 runs  ██████████░░░░░░░░░░") && ContainsSubstring(" left"));
  CHECK(line("nowhere", 0).empty());
}

TEST_CASE("A report is printed in the format that is asked for", "[program]") {
  const WorkFolder work;
  write_experiment(tiny_experiment());
  REQUIRE(ask({"run", "x.json", "--out", "results", "--quiet"}).status == 0);
  CHECK(ask({"report", "results", "--format", "csv"}).out == file("results/results.csv"));
  CHECK(ask({"report", "results", "--format", "md"}).out == file("results/report.md"));
  CHECK(ask({"report", "results", "--format", "html"}).out == file("results/report.html"));
  CHECK(ask({"report", "results", "--format", "json"}).out == file("results/results.json"));
  CHECK(ask({"report", "results", "--json"}).out == file("results/results.json"));
  CHECK_THAT(ask({"report", "results"}).out, ContainsSubstring("Wrote report.html"));
  fs::copy("results", "other", fs::copy_options::recursive);
  CHECK(ask({"report", "results", "other", "--format", "json"}).json().size() == 2);
  refuse(2, "--format: \"cvs\" is not one of text, csv, json, md, html (did you mean \"csv\"?)",
         {"report", "results", "--format", "cvs"});
  refuse(2, "--format csv: is of one folder", {"report", "results", "other", "--format", "csv"});
  refuse(2, "--json and --format csv: are two formats", {"report", "results", "--json", "--format", "csv"});
}

}  // namespace progress_test
