// A folder of results and its weights, as the commands find them.
#include "program/program.h"

namespace results_test {

using namespace staircase;
using namespace staircase::tests;

namespace {

std::string only_file(const std::string& name) {
  std::string found;
  for (const auto& entry : std::filesystem::directory_iterator("results/runs")) {
    REQUIRE(found.empty());
    found = (entry.path() / name).string();
  }
  return found;
}

/// x.json and the results of running it, in a folder of their own.
struct Results {
  Results() {
    write_experiment(tiny_experiment());
    const Answer answer = ask({"run", "x.json", "--out", "results", "--json"});
    REQUIRE(answer.status == 0);
    weights = only_file("weights.safetensors");
  }
  WorkFolder work;
  std::string weights;
};

config::Json evaluated(const std::string& weights) {
  const Answer answer = ask({"eval", "--weights", weights, "--data", "shapes", "--json"});
  REQUIRE(answer.status == 0);
  return answer.json();
}

}  // namespace

TEST_CASE("Another experiment and another network are refused, and results stay as they are", "[program]") {
  const Results results;
  refuse(2, "belongs to another experiment: /override sets /recipe/epochs to 2 (there not set) here; use another --out",
         {"run", "x.json", "--out", "results", "--set", "/recipe/epochs=2"});
  refuse(2, "weights", {"eval", "--data", "shapes"});
  refuse(2, "holds another network than resnet50",
         {"eval", "--weights", results.weights, "--data", "shapes", "--model", "resnet50"});
  refuse(2, "in the network asked for, /model/",
         {"eval", "--weights", results.weights, "--data", "shapes", "--model", "convnext_tiny"});
  WorkFolder::write("cut.safetensors", WorkFolder::content().at("./" + results.weights).substr(0, 2000));
  refuse(2, "cut.safetensors", {"eval", "--weights", "cut.safetensors", "--data", "shapes"});
  refuse(2, "cut.safetensors", {"export", "--weights", "cut.safetensors", "--out", "x.pt"});
}

TEST_CASE("config.json of a run names its network and is compared with another's, and folders by their rows",
          "[program]") {
  const Results results;
  const std::string run = only_file("config.json");
  const Answer described = ask({"describe", run, "--json"});
  REQUIRE(described.status == 0);
  CHECK(described.json().at("model").at("width_factor") == 0.125);
  REQUIRE(ask({"run", "x.json", "--out", "other", "--set", "/recipe/batch_size=32", "--json"}).status == 0);
  std::string other;
  for (const auto& entry : std::filesystem::directory_iterator("other/runs")) other = (entry.path() / "config.json");
  const config::Json runs = ask({"diff", run, other, "--json"}).json();
  CHECK(runs == config::Json::array({{{"pointer", "/recipe/batch_size"}, {"a", 16}, {"b", 32}}}));
  CHECK(ask({"diff", run, run}).out == "no difference\n");
  CHECK(ask({"diff", "results:x@0", "other:x@0", "--json"}).json() == runs);
  CHECK(ask({"diff", "results:x@0", only_file("config.json")}).out == "no difference\n");
  const config::Json folders = ask({"diff", "results", "other", "--json"}).json();
  CHECK(folders == config::Json::array({{{"row", ""}, {"pointer", "/recipe/batch_size"}, {"a", 16}, {"b", 32}}}));
  CHECK(ask({"diff", "x.json", "results/experiment.json", "--json"}).status == 0);
}

TEST_CASE("A run's name stands for its weights in a config and for its network in a command", "[program]") {
  const Results results;
  const std::string run = "results:x@0", file = (std::filesystem::current_path() / results.weights).string();
  REQUIRE(ask({"run", "x.json", "--out", "by_file", "--set", "/init/weights=" + file, "--json"}).status == 0);
  const Answer again =
      ask({"run", "x.json", "--out", "by_file", "--set", "/init/weights=" + run, "--dry-run", "--json"});
  INFO(again.err);
  REQUIRE(again.status == 0);
  CHECK(again.json().at("done") == 1);  // the same run by the same name
  config::Json named = tiny_experiment();
  named["base"]["init"] = {{"weights", run}};
  write_experiment(named);
  CHECK(ask({"run", "x.json", "--dry-run", "--json"}).status == 0);
  CHECK(ask({"run", "x.json", "--dry-run", "--set", "/init={\"weights\": \"" + run + ":raw\"}"}).status == 0);
  refuse(2, "/init/weights: ", {"run", "x.json", "--dry-run", "--set", "/init/weights=results:y@0"});
  refuse(2, "results: is a folder, not weights; a run is named DIR:ROW@SEED, for example " + run,
         {"eval", "--weights", "results", "--data", "shapes"});
  refuse(2, "results:x: names no run; a run is named DIR:ROW@SEED, for example " + run,
         {"eval", "--weights", "results:x", "--data", "shapes"});
  for (const std::string& network : {run, only_file("config.json")}) {
    const config::Json described = ask({"describe", network, "--json"}).json();
    CHECK(described.at("image_size") == 32);
    CHECK(described.at("model").at("width_factor") == 0.125);
    CHECK(ask({"describe", network, "--image-size", "64", "--json"}).json().at("image_size") == 64);
  }
  CHECK(ask({"bench", run, "--seconds", "0.1", "--json"}).json().at("batch_size") == 16);
  CHECK(ask({"export", "--model", run, "--out", "untrained.pt"}).status == 0);
  refuse(2, "/model: \"" + run + "\" names a run, allowed is a known model, LADDER/RUNG or an object of fields",
         {"run", "x.json", "--dry-run", "--set", "/model=" + run});
}

TEST_CASE("What a step or a context starts from the name of a run is found again by everything that reads the folder",
          "[program]") {
  const Results results;
  config::Json content = tiny_experiment();
  content["kind"] = "ablation";
  const config::Json from_run = {{"/init/weights", "results:x@0"}};
  content["steps"] = {{{"name", "scratch"}, {"set", config::Json::object()}}, {{"name", "tuned"}, {"set", from_run}}};
  const auto all_done = [](const std::string& folder, size_t runs) {
    const config::Json status = ask({"status", folder, "--json"}).json();
    CHECK(status.at("runs") == runs);
    CHECK(status.at("done") == runs);
  };
  write_experiment(content);
  REQUIRE(ask({"run", "x.json", "--out", "steps", "--json"}).status == 0);
  all_done("steps", 2);
  CHECK(ask({"run", "x.json", "--out", "steps", "--dry-run", "--json"}).json().at("done") == 2);

  content["steps"][1] = {{"name", "smooth"}, {"set", {{"/recipe/label_smoothing", 0.2}}}};
  content["contexts"] = {{{"name", "from_run"}, {"set", from_run}}};
  write_experiment(content);
  REQUIRE(ask({"run", "x.json", "--out", "contexts", "--json"}).status == 0);
  all_done("contexts", 4);
}

TEST_CASE("A page of several folders does not take the place of a report of theirs", "[program]") {
  const Results results;
  std::filesystem::copy("results", "other", std::filesystem::copy_options::recursive);
  for (const char* out : {"other/report.html", "results/../other/new.html", "other", "other/runs/x.html"})
    refuse(2, std::string("--out ") + out + ": lies in other, which keeps its own report",
           {"report", "results", "other", "--out", out});
  CHECK(ask({"report", "results", "other", "--out", "other.html"}).status == 0);
}

TEST_CASE("A folder of a newer version is refused in a sentence that says so", "[program]") {
  const Results results;
  std::string experiment = WorkFolder::content().at("./results/experiment.json");
  const std::string format = "\"format\": ";
  const size_t at = experiment.find(format);
  REQUIRE(at != std::string::npos);
  experiment.replace(at + format.size(), 1, "7");
  WorkFolder::write("results/experiment.json", experiment);
  refuse(2, "in format 7; this is Staircase", {"report", "results"});
  refuse(2, "in format 7; this is Staircase", {"run", "x.json", "--out", "results"});
}

TEST_CASE("A line of a log that a kill cut is named, left as it is, and the rest is reported", "[program]") {
  const Results results;
  const std::string timing = only_file("timing.jsonl");
  std::ofstream(timing, std::ios::app) << "{\"epoch\": 2, \"tra";
  const std::string before = WorkFolder::content().at("./" + timing);
  const Answer answer = ask({"report", "results"});
  CHECK(answer.status == 0);
  CHECK_THAT(answer.err, ContainsSubstring("timing.jsonl: line ") && ContainsSubstring(" is damaged and was left out"));
  CHECK(WorkFolder::content().at("./" + timing) == before);
}

TEST_CASE("What is wrong with weights in and out is named, and nothing is left behind", "[program]") {
  const Results results;
  const std::string& w = results.weights;
  WorkFolder::write("no.jpg", "no image");
  refuse(2, "no.jpg: is ", {"predict", "--weights", w, "no.jpg"});
  refuse(2, "absent.png: no such file or folder", {"predict", "--weights", w, "absent.png"});
  refuse(2, "needs --weights", {"predict", "no.jpg"});
  refuse(2, "OUT nowhere/x.pth: there is no folder nowhere", {"convert", w, "nowhere/x.pth"});
  refuse(2, "x.onnx: weights are written as .safetensors, .pth or .pt", {"convert", w, "x.onnx"});
  refuse(2, "did you mean \"timm\"", {"convert", w, "x.pth", "--to", "tim"});
  refuse(2, "the layout official has no names for a ResNet", {"convert", w, "x.pth", "--to", "official"});
  refuse(2, "is no weights file", {"convert", "no.jpg", "x.pth"});
  refuse(2, "has no keys to choose from", {"convert", w, "x.pth", "--key", "model"});
  refuse(2, "--out nowhere/x.pt: there is no folder nowhere", {"export", "--weights", w, "--out", "nowhere/x.pt"});
  refuse(2, "--out x.zip: is written as TorchScript or ONNX, so its name ends in .pt or .onnx",
         {"export", "--weights", w, "--out", "x.zip"});
  refuse(2, "--out x.onnx: is written as TorchScript, so its name ends in .pt",
         {"export", "--weights", w, "--out", "x.onnx", "--format", "torchscript"});
  refuse(2, "--format: \"onxx\" is not one of torchscript, onnx (did you mean \"onnx\"?)",
         {"export", "--weights", w, "--out", "x.onnx", "--format", "onxx"});
  refuse(2, "--precision: goes with TorchScript alone",
         {"export", "--weights", w, "--out", "x.onnx", "--precision", "bf16"});
  refuse(2, "--precision: \"fp8\" is not one of fp32, bf16, fp16",
         {"export", "--weights", w, "--out", "x.pt", "--precision", "fp8"});
  refuse(2, "holds another network than convnext_tiny",
         {"export", "--weights", w, "--model", "convnext_tiny", "--out", "x.pt"});
  refuse(2, "needs --weights, or --model", {"export", "--out", "x.pt"});
  refuse(2, "holds another network than /model",
         {"run", "x.json", "--set", "/init/weights=" + w, "--set", "/model/depths=[1,2]"});
}

TEST_CASE("Weights give the number that the table shows, converted to .pth as well", "[program]") {
  const Results results;
  const config::Json summary =
      config::parse_json(WorkFolder::content().at("./" + only_file("summary.json")), "summary.json");
  REQUIRE(ask({"convert", results.weights, "again.pth"}).status == 0);
  for (const std::string& weights : {results.weights, std::string("again.pth")}) {
    INFO(weights);
    CHECK(evaluated(weights).at("top1") == summary.at("top1_ema"));
    CHECK(evaluated(weights).at("loss").get<double>() == Approx(summary.at("loss_ema").get<double>()));
  }
  const Answer exported =
      ask({"export", "--weights", "again.pth", "--out", "x.pt", "--include-preprocessing", "--json"});
  CHECK(exported.status == 0);
  CHECK(exported.json().at("verified_shapes").size() == 3);
  CHECK(ask({"run", "x.json", "--out", "fine", "--set", "/init/weights=again.pth", "--set", "/init/freeze=backbone",
             "--json"})
            .status == 0);
}

}  // namespace results_test
