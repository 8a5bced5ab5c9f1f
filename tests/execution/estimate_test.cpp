#include "staircase/execution/estimate.h"

#include <algorithm>
#include <cstdlib>

#include <chrono>
#include <thread>

#include "staircase/data/open_data.h"
#include "staircase/plan/plan.h"
#include "support/catch.h"
#include "support/small_experiment.h"
#include "support/temporary_folder.h"

namespace estimate_test {

using namespace staircase;
using namespace staircase::execution;

namespace {

train::TrainJob small_job() {
  train::TrainJob job;
  job.configuration = tests::small_configuration();
  job.data = data::open_data(job.configuration.data, {"", "/data"});
  return job;
}

/// Images of which the first ones come at once, as those that a loader made ahead, and each other one late.
class LateImages : public data::Dataset {
 public:
  LateImages(std::shared_ptr<const data::Dataset> images, int at_once, std::chrono::milliseconds late)
      : images_(std::move(images)), at_once_(at_once), late_(late) {}
  size_t size() const override { return images_->size(); }
  data::Image image(size_t index) const override {
    if (--at_once_ < 0) std::this_thread::sleep_for(late_);
    return images_->image(index);
  }
  int64_t label(size_t index) const override { return images_->label(index); }
  std::string name(size_t index) const override { return images_->name(index); }

 private:
  std::shared_ptr<const data::Dataset> images_;
  mutable std::atomic<int> at_once_;
  std::chrono::milliseconds late_;
};

}  // namespace

TEST_CASE("Training costs three forward passes of every image of every epoch", "[execution]") {
  const train::TrainJob job = small_job();  // 80 images in batches of 16, 3 epochs
  const auto forward = static_cast<double>(plan::count_model(job.configuration.model, 16).macs);
  CHECK(training_macs(job) == Approx(3 * forward * 80 * 3));
}

TEST_CASE("A run is timed by a few of its steps, however many it has, and leaves nothing behind", "[execution]") {
  const tests::TemporaryFolder folder;
  const char* const before = std::getenv("TMPDIR");
  const std::string kept = before ? before : "";
  ::setenv("TMPDIR", folder.path().c_str(), 1);
  train::TrainJob endless = small_job();
  endless.configuration.recipe.epochs *= 100'000;  // days, if its steps were taken
  const auto seconds = time_run(small_job()), endless_seconds = time_run(endless);
  if (before) ::setenv("TMPDIR", kept.c_str(), 1);
  else ::unsetenv("TMPDIR");
  REQUIRE((seconds && endless_seconds));
  CHECK(*seconds > 0);
  CHECK(*endless_seconds > 1000 * *seconds);  // 100,000, were it not for what else runs here
  CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("Loading counts, though the first batches were made ahead", "[execution]") {
  train::TrainJob job = small_job();
  job.configuration.data.train_images = 640;
  job.configuration.recipe.mixup_alpha = job.configuration.recipe.cutmix_alpha = 0;
  job.data = data::open_data(job.configuration.data, {"", "/data"});
  const int batches_ahead = 4;
  const std::chrono::milliseconds late(5);
  const auto images = job.data.train;
  const double loading_seconds = 640 * 3 * 0.005;  // by one worker
  // Where the machine holds the trainer back, the loader goes further ahead than it could: then again.
  double longest = 0;
  for (int tries = 0; tries < 10 && longest <= 0.8 * loading_seconds; ++tries) {
    job.data.train = std::make_shared<LateImages>(images, 4 + 16 * batches_ahead, late);
    const auto seconds = time_run(job);
    REQUIRE(seconds);
    longest = std::max(longest, *seconds);
  }
  CHECK(longest > 0.8 * loading_seconds);
}

TEST_CASE("A network whose steps would take minutes is timed on smaller images and scaled", "[execution]") {
  train::TrainJob job = small_job();
  config::Configuration& c = job.configuration;
  c.model = {};  // ResNet-50
  c.model.num_classes = static_cast<int64_t>(job.data.class_names.size());
  c.model.in_channels = 3;
  const auto seconds_at = [&](int64_t size_px) {
    c.data.image_size_px = size_px;
    return time_run(job).value();
  };
  const auto start = std::chrono::steady_clock::now();
  const double large = seconds_at(4096);  // 340 times the MACs of 224 px, twice in a step
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(60));
  const double small = seconds_at(256);
  CHECK(large > 0.2 * 256 * small);
  CHECK(large < 5 * 256 * small);
}

TEST_CASE("Timing ends in time, however late images come", "[execution]") {
  train::TrainJob job = small_job();
  job.data.train = std::make_shared<LateImages>(job.data.train, 0, std::chrono::milliseconds(100));
  const auto start = std::chrono::steady_clock::now();
  CHECK(time_run(job, 0.1));
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(3));  // whole batches would take 1.6 s each
}

TEST_CASE("Earlier seconds are used as they are, and the rest is scaled by the MACs", "[execution]") {
  train::TrainJob large = small_job();
  large.configuration.recipe.epochs *= 2;
  const WorkEstimate known = estimate_work({{small_job(), 10.0}, {small_job(), 14.0}}, 0);
  CHECK(*known.expected_hours == Approx(24.0 / 3600));
  const WorkEstimate scaled = estimate_work({{small_job(), 10.0}, {large, std::nullopt}}, 0);
  CHECK(*scaled.expected_hours == Approx(30.0 / 3600));
  CHECK(scaled.training_macs == Approx(3 * training_macs(small_job())));
  std::vector<std::string> told;
  const auto say = [&](const std::string& text) { told.push_back(text); };
  CHECK_FALSE(estimate_work({{large, std::nullopt}}, 0, say).expected_hours);
  CHECK(told.empty());
  CHECK(estimate_work({{large, std::nullopt}, {small_job(), std::nullopt}}, 20, say).expected_hours);
  CHECK(told ==
        std::vector<std::string>{"timing a few training steps, for 20 s at most, to tell how long the runs take"});
  CHECK(estimate_work({}).expected_hours == 0.0);
}

}  // namespace estimate_test
