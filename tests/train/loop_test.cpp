#include "staircase/train/loop.h"

#include "staircase/base/errors.h"
#include "support/catch.h"
#include "support/temporary_folder.h"
#include "train/small_job.h"

namespace loop_test {

using namespace staircase;
using namespace staircase::train;
namespace fs = std::filesystem;

namespace {

/// Notes what it is told.
class Notes : public TrainObserver {
 public:
  void on_step(const StepReport& report) override { steps.push_back(report); }
  void on_epoch(const config::Json& line) override { lines.push_back(line); }
  void on_warning(const std::string& text) override { warnings.push_back(text); }
  std::vector<StepReport> steps;
  std::vector<config::Json> lines;
  std::vector<std::string> warnings;
};

config::Json run_loop(const TrainJob& job, TrainObserver& observer) {
  const std::atomic<bool> never{false};
  return TrainLoop(job, observer, never).run();
}

}  // namespace

TEST_CASE("Evaluations come after every so many epochs and after the last", "[train]") {
  const tests::TemporaryFolder folder;
  config::Configuration c = tests::small_configuration();
  c.recipe.epochs = 5;
  c.recipe.eval_every_epochs = 2;
  const TrainJob job = tests::job_in(folder / "run", c);
  Notes notes;
  run_loop(job, notes);
  REQUIRE(notes.lines.size() == 5);
  for (size_t i = 0; i < 5; ++i) {
    CHECK(notes.lines[i].at("epoch") == i + 1);
    CHECK(notes.lines[i].at("step") == 5 * (i + 1));
    CHECK(notes.lines[i].contains("top1") == (i != 0 && i != 2));
  }
  REQUIRE(notes.steps.size() == 25);
  CHECK(notes.steps[6].epoch == 2);
  CHECK(notes.steps[6].step == 7);
  CHECK(notes.steps[6].steps == 25);
}

TEST_CASE("A checkpoint is written when its time has come, and all are gone at the end", "[train]") {
  const tests::TemporaryFolder folder;
  class Watch : public TrainObserver {
   public:
    explicit Watch(fs::path checkpoints) : checkpoints_(std::move(checkpoints)) {}
    void on_step(const StepReport& report) override {
      if (report.step == 3) before = fs::exists(checkpoints_ / "step-000000002.safetensors");
    }
    bool before = false;

   private:
    fs::path checkpoints_;
  };
  for (const double minutes : {0.0, 10.0}) {
    TrainJob job = tests::job_in(folder / std::to_string(minutes));
    job.checkpoint_minutes = minutes;
    Watch watch(job.folder / "checkpoints");
    run_loop(job, watch);
    CHECK(watch.before == (minutes == 0.0));
    CHECK_FALSE(fs::exists(job.folder / "checkpoints"));
  }
}

TEST_CASE("A stop is heard in an evaluation, and the next start ends in the same summary", "[train]") {
  const tests::TemporaryFolder folder;
  Notes through;
  const config::Json expected = run_loop(tests::job_in(folder / "through"), through);
  TrainJob job = tests::job_in(folder / "stopped");
  std::atomic<bool> stop{false};
  class StopWhenRead : public tests::ReadDataset {
   public:
    StopWhenRead(std::shared_ptr<const data::Dataset> dataset, std::atomic<bool>& stop)
        : ReadDataset(std::move(dataset)), stop_(stop) {}
    data::Image image(size_t index) const override {
      if (index == 39) stop_ = true;
      return ReadDataset::image(index);
    }

   private:
    std::atomic<bool>& stop_;
  };
  const auto val = job.data.val;
  job.data.val = std::make_shared<StopWhenRead>(val, stop);
  Notes first;
  CHECK_THROWS_AS(TrainLoop(job, first, stop).run(), Interrupted);
  CHECK(first.steps.size() == 5);
  CHECK(first.lines.empty());  // the epoch is not over
  job.data.val = val;
  Notes rest;
  CHECK(run_loop(job, rest) == expected);
  CHECK(rest.steps.size() == 10);
}

TEST_CASE("Validation is decoded once an evaluation, for the raw and the averaged weights", "[train]") {
  const tests::TemporaryFolder folder;
  TrainJob job = tests::job_in(folder / "run");
  const auto val = std::make_shared<tests::ReadDataset>(job.data.val);
  job.data.val = val;
  Notes notes;
  const config::Json summary = run_loop(job, notes);
  CHECK(summary.contains("top1_ema"));
  CHECK(val->reads == 3 * 40);
}

TEST_CASE("A summary counts damaged images of training and of validation, each for itself", "[train]") {
  const tests::TemporaryFolder folder;
  TrainJob job = tests::job_in(folder / "run");
  job.configuration.data.max_bad_fraction = 0.1;
  job.data.train = std::make_shared<tests::ReadDataset>(job.data.train, std::set<size_t>{4, 7, 9});
  job.data.val = std::make_shared<tests::ReadDataset>(job.data.val, std::set<size_t>{3, 20});
  Notes notes;
  const config::Json summary = run_loop(job, notes);
  CHECK(summary.at("bad_images") == 3);
  CHECK(summary.at("bad_val_images") == 2);
  CHECK(summary.at("images") == 38);
  CHECK(notes.warnings.size() == 5);
  const config::Json named = config::read_json_file(job.folder / "damaged_images.json");
  for (const size_t index : {4, 7, 9})
    CHECK(named.at("train").dump().find(job.data.train->name(index)) != std::string::npos);
  CHECK(named.at("val") == config::Json{job.data.val->name(3), job.data.val->name(20)});
}

}  // namespace loop_test
