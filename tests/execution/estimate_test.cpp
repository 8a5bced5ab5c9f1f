#include "staircase/execution/estimate.h"

#include <cstdlib>

#include "staircase/data/open_data.h"
#include "staircase/plan/plan.h"
#include "support/catch.h"
#include "support/small_experiment.h"
#include "support/temporary_folder.h"

using namespace staircase;
using namespace staircase::execution;

namespace {

train::TrainJob small_job() {
  train::TrainJob job;
  job.configuration = tests::small_configuration();
  job.data = data::open_data(job.configuration.data, {"", "/data"});
  return job;
}

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

TEST_CASE("Earlier seconds are used as they are, and the rest is scaled by the MACs", "[execution]") {
  train::TrainJob large = small_job();
  large.configuration.recipe.epochs *= 2;
  const WorkEstimate known = estimate_work({{small_job(), 10.0}, {small_job(), 14.0}}, 0);
  CHECK(*known.expected_hours == Approx(24.0 / 3600));
  const WorkEstimate scaled = estimate_work({{small_job(), 10.0}, {large, std::nullopt}}, 0);
  CHECK(*scaled.expected_hours == Approx(30.0 / 3600));
  CHECK(scaled.training_macs == Approx(3 * training_macs(small_job())));
  CHECK_FALSE(estimate_work({{large, std::nullopt}}, 0).expected_hours);
  CHECK(estimate_work({}).expected_hours == 0.0);
}
