#include "staircase/execution/runner.h"

#include "staircase/base/errors.h"
#include "staircase/base/files.h"
#include "staircase/report/folder.h"
#include "support/catch.h"
#include "support/small_experiment.h"
#include "support/temporary_folder.h"

namespace runner_test {

using namespace staircase;
using namespace staircase::experiment;
using namespace staircase::runs;
using namespace staircase::execution;
using namespace staircase::experiment;
using namespace staircase::report;
namespace fs = std::filesystem;

namespace {

config::Json small_ablation() {
  config::Configuration c = tests::small_configuration();
  c.recipe.epochs = 1;
  c.model.num_classes = c.model.in_channels = 0;
  return {{"name", "small"},
          {"kind", "ablation"},
          {"threads", 1},
          {"loader_workers", 1},
          {"base", config::write_configuration(c)},
          {"steps", {{{"name", "gelu"}, {"set", {{"/model/activation", "gelu"}}}}}}};
}

Experiment resolved(const config::Json& content) { return resolve_experiment(content, "x.json"); }

class Counter : public ExperimentObserver {
 public:
  std::unique_ptr<RunObserver> watch(const RunLabel& label) override {
    return std::make_unique<OfRun>(*this, label.name);
  }
  void on_warning(const std::string& text) override { of_all.push_back(text); }
  std::vector<std::string> ended, failed, warned, of_all;

 private:
  struct OfRun : RunObserver {
    OfRun(Counter& all, std::string row) : counter(all), name(std::move(row)) {}
    void on_end(const config::Json&) override { counter.ended.push_back(name); }
    void on_failed(const std::string& reason) override { counter.failed.push_back(name + ": " + reason); }
    void on_warning(const std::string& text) override { counter.warned.push_back(text); }
    Counter& counter;
    std::string name;
  };
};

config::Json run(const config::Json& content, const fs::path& folder, Counter& counter) {
  const std::atomic<bool> never{false};
  RunOptions options;
  options.folder = folder;
  run_experiment(resolved(content), options, counter, never);
  return analysis::write_result(report_folder(folder));
}

RunPlan plan_of(const config::Json& content, const fs::path& folder) {
  RunOptions options;
  options.folder = folder;
  return plan_run(resolved(content), options);
}

}  // namespace

TEST_CASE("An experiment that is started again trains only what is missing", "[execution]") {
  const tests::TemporaryFolder folder;
  Counter first, second, third;
  CHECK(run(small_ablation(), folder / "out", first)["done"] == 2);
  CHECK(first.ended == std::vector<std::string>{"base", "gelu"});
  run(small_ablation(), folder / "out", second);
  CHECK(second.ended.empty());
  config::Json more = small_ablation();
  more["seeds"] = {1};
  more["steps"].push_back({{"name", "relu_again"}, {"set", {{"/model/activation", "relu"}}}});
  const config::Json results = run(more, folder / "out", third);
  CHECK(third.ended == std::vector<std::string>{"base", "gelu"});  // the new step is no new configuration
  CHECK(results["seeds"] == config::Json({0, 1}));
  for (const char* file : {"experiment.json", "results.json", "results.csv", "report.md"})
    CHECK(fs::exists(folder / "out" / file));
}

TEST_CASE("A folder of another base, fewer steps or other threads is refused and stays as it was", "[execution]") {
  const tests::TemporaryFolder folder;
  Counter counter;
  run(small_ablation(), folder / "out", counter);
  const std::string before = read_file(folder / "out" / "experiment.json");
  const auto refused = [&](const std::string& pointer, const config::Json& value, const std::string& message) {
    config::Json other = small_ablation();
    other[config::Json::json_pointer(pointer)] = value;
    CHECK_THROWS_WITH(run(other, folder / "out", counter), ContainsSubstring(message));
  };
  refused("/base/model/width", 32, "/base/model/width is 64 there and 32 here");
  refused("/name", "other", "/name is \"small\" there");
  refused("/threads", 2, "its runs use 1 thread and");
  refused("/steps/0/name", "renamed", "\"gelu\"");
  CHECK(read_file(folder / "out" / "experiment.json") == before);
}

TEST_CASE("A folder with other files in it is not taken", "[execution]") {
  const tests::TemporaryFolder folder;
  write_file_atomically(folder / "notes.txt", "mine");
  Counter counter;
  CHECK_THROWS_WITH(run(small_ablation(), folder.path(), counter), ContainsSubstring("holds no experiment.json"));
}

TEST_CASE("A run that fails is reported and the others go on", "[execution]") {
  const tests::TemporaryFolder folder;
  config::Json content = small_ablation();
  content["design"] = "one_at_a_time";
  content["base"]["recipe"]["optimizer"] = "sgd";
  content["base"]["recipe"]["warmup_epochs"] = 0;
  content["base"]["recipe"]["epochs"] = 20;
  const config::Json explode = {{"name", "explode"}, {"set", {{"/recipe/learning_rate", 1000}}}};
  content["steps"].insert(content["steps"].begin(), explode);
  content["base"]["recipe"]["weight_decay"] = 10;
  content["base"]["recipe"]["learning_rate"] = 1e-4;
  Counter counter;
  const config::Json results = run(content, folder / "out", counter);
  CHECK(counter.ended == std::vector<std::string>{"base", "gelu"});
  REQUIRE(counter.failed.size() == 1);
  CHECK_THAT(counter.failed[0], ContainsSubstring("explode: the loss is not finite at step"));
  CHECK(results["failed"] == 1);
}

TEST_CASE("A worker that ends without a word is a failure that stands in the results", "[execution]") {
  const tests::TemporaryFolder folder;
  const std::atomic<bool> never{false};
  RunOptions options;
  options.folder = folder / "out";
  options.jobs = 2;
  options.worker_program = {"/bin/false"};
  Counter counter;
  run_experiment(resolved(small_ablation()), options, counter, never);
  const config::Json results = analysis::write_result(results_of(options.folder));
  CHECK(counter.failed.size() == 2);
  CHECK(results["failed"] == 2);
  CHECK(results["rows"][0]["seeds"][0]["reason"] == "its process ended with status 1");
}

TEST_CASE("A checkpoint of another run is refused before anything is written", "[execution]") {
  const tests::TemporaryFolder folder;
  config::Json content = small_ablation();
  content["base"]["recipe"]["epochs"] = 2;
  std::atomic<bool> stop{false};
  class AfterAnEpoch : public ExperimentObserver {
   public:
    explicit AfterAnEpoch(std::atomic<bool>& asked) : stop_(asked) {}
    std::unique_ptr<RunObserver> watch(const RunLabel&) override { return std::make_unique<OfRun>(stop_); }

   private:
    struct OfRun : RunObserver {
      explicit OfRun(std::atomic<bool>& asked) : stop(asked) {}
      void on_epoch(const config::Json&) override { stop = true; }
      std::atomic<bool>& stop;
    };
    std::atomic<bool>& stop_;
  } observer(stop);
  RunOptions options;
  options.folder = folder / "out";
  CHECK_THROWS_AS(run_experiment(resolved(content), options, observer, stop), Interrupted);
  std::string begun = fs::directory_iterator(folder / "out/runs")->path().string(), other = begun;
  other.back() = '1';  // the name ends with the seed
  fs::rename(begun, other);
  content["seeds"] = {0, 1};
  Counter counter;
  const std::string before = read_file(folder / "out/experiment.json");
  CHECK_THROWS_WITH(run(content, folder / "out", counter), ContainsSubstring("holds a checkpoint of another run"));
  CHECK(read_file(folder / "out/experiment.json") == before);
}

TEST_CASE("Planning a run says how many there are and writes nothing", "[execution]") {
  const tests::TemporaryFolder folder;
  const RunPlan planned = plan_of(small_ablation(), folder / "out");
  CHECK(planned.runs == 2);
  CHECK(planned.done == 0);
  REQUIRE(planned.work.expected_hours);
  CHECK(*planned.work.expected_hours > 0);
  CHECK_FALSE(fs::exists(folder / "out"));
}

TEST_CASE("Planning more seeds uses what the done ones took and how they spread", "[execution]") {
  const tests::TemporaryFolder folder;
  config::Json content = small_ablation();
  content["seeds"] = {0, 1};
  Counter counter;
  run(content, folder / "out", counter);
  content["seeds"] = {2, 3};
  const RunPlan planned = plan_of(content, folder / "out");
  CHECK(planned.runs == 8);
  CHECK(planned.done == 4);
  CHECK(planned.work.training_macs > 0);
  CHECK(planned.work.expected_hours);
  CHECK(planned.experiment.options.seeds == std::vector<int64_t>{0, 1, 2, 3});
}

TEST_CASE("A plan and a run point out a warmup that is all of the schedule", "[execution]") {
  const tests::TemporaryFolder folder;
  config::Json content = small_ablation();
  content["base"]["recipe"]["warmup_epochs"] = 1;
  content["base"]["recipe"]["ema_decay"] = 0;
  CHECK(plan_of(content, folder / "out").warnings.size() == 1);
  Counter counter;
  run(content, folder / "out", counter);
  CHECK(counter.of_all.size() == 1);
  run(content, folder / "out", counter);  // nothing is to do
  CHECK(counter.of_all.size() == 1);
}

TEST_CASE("A step that changes nothing is refused, but a folder that holds it is reported and gone on with",
          "[execution]") {
  const tests::TemporaryFolder folder;
  config::Json content = small_ablation();
  content["steps"].push_back({{"name", "g16"}, {"set", {{"/model/groups", 16}}}});
  Counter counter;
  CHECK_THROWS_WITH(run(content, folder / "out", counter),
                    ContainsSubstring("/steps/1/set: the step g16 changes nothing"));
  CHECK_THROWS_WITH(plan_of(content, folder / "out"), ContainsSubstring("the step g16 changes nothing"));
  CHECK_FALSE(fs::exists(folder / "out"));
  // As a version that did not refuse it would have left it.
  Ledger(folder / "out").write_experiment_file(resolved(content), {10, 3, {}});
  CHECK(report_folder(folder / "out").rows.size() == 3);
  const config::Json results = run(content, folder / "out", counter);
  CHECK(results["done"] == 3);
}

TEST_CASE("Another design in the same folder trains only what the first did not", "[execution]") {
  const tests::TemporaryFolder folder;
  config::Json content = small_ablation();
  content["steps"].push_back({{"name", "layer"}, {"set", {{"/model/norm", "layer"}}}});
  Counter first, second, third;
  run(content, folder / "out", first);
  CHECK(first.ended == std::vector<std::string>{"base", "gelu", "layer"});
  content["design"] = "shapley";
  const config::Json results = run(content, folder / "out", second);
  CHECK(second.ended == std::vector<std::string>{"layer"});  // alone; the rest was on the walk
  CHECK(results["done"] == 4);
  content["design"] = "leave_one_out";
  content["steps"][1]["requires"] = {"gelu"};  // decides no run, so the folder takes it
  run(content, folder / "out", third);
  CHECK(third.ended.empty());
}

TEST_CASE("The report of a folder needs no data", "[execution]") {
  const tests::TemporaryFolder folder;
  Counter counter;
  const config::Json results = run(small_ablation(), folder / "out", counter);
  fs::remove(folder / "out" / "report.md");
  CHECK(analysis::write_result(report_folder(folder / "out")) == results);
  CHECK(fs::exists(folder / "out" / "report.md"));
  CHECK_THROWS_AS(report_folder(folder.path()), RequestError);
}

TEST_CASE("A run whose summary is damaged is done again, and the damaged file is named and kept", "[execution]") {
  const tests::TemporaryFolder folder;
  Counter first, second;
  const config::Json before = run(small_ablation(), folder / "out", first);
  const std::string place = "runs/" + before["rows"][1]["seeds"][0]["run"].get<std::string>() + "/summary.json";
  write_file_atomically(folder / "out" / place, "{\"top1\": 1");
  CHECK(plan_of(small_ablation(), folder / "out").done == 1);
  const config::Json after = run(small_ablation(), folder / "out", second);
  CHECK(second.ended == std::vector<std::string>{"gelu"});
  REQUIRE(second.warned.size() == 1);
  CHECK_THAT(second.warned[0], ContainsSubstring(place + ": is damaged"));
  CHECK(read_file(folder / "out" / (place + ".damaged")) == "{\"top1\": 1");
  CHECK(after["rows"][1]["top1"] == before["rows"][1]["top1"]);
  CHECK(after["done"] == 2);
}

TEST_CASE("Checkpoints beside a damaged summary are what its run goes on from", "[execution]") {
  const tests::TemporaryFolder folder;
  Counter first, second;
  const config::Json before = run(small_ablation(), folder / "out", first);
  const fs::path place = folder / "out" / "runs" / before["rows"][1]["seeds"][0]["run"].get<std::string>();
  write_file_atomically(place / "summary.json", "{\"top1\": 1");
  make_folder(place / "checkpoints");
  write_file_atomically(place / "checkpoints" / "step-000000001.safetensors", "no checkpoint");
  run(small_ablation(), folder / "out", second);
  // It was looked at: kept under another name, because it is none, and not removed unseen.
  CHECK(fs::exists(place / "checkpoints" / "step-000000001.safetensors.damaged"));
}

}  // namespace runner_test
