#include "staircase/lab/estimate.h"

#include <unistd.h>

#include "staircase/data/open_data.h"
#include "staircase/nn/plan.h"
#include "support/catch.h"
#include "support/small_experiment.h"

using namespace staircase;
using namespace staircase::lab;

namespace {

train::TrainJob small_job() {
  train::TrainJob job;
  job.configuration = tests::small_configuration();
  job.data = data::open_data(job.configuration.data, {"", "/data"});
  return job;
}

}  // namespace

TEST_CASE("Training costs three forward passes of every image of every epoch", "[lab]") {
  const train::TrainJob job = small_job();  // 80 images in batches of 16, 3 epochs
  const auto forward = static_cast<double>(nn::count_model(job.configuration.model, 16).macs);
  CHECK(training_macs(job) == Approx(3 * forward * 80 * 3));
}

TEST_CASE("A run is timed by a few steps that leave nothing behind", "[lab]") {
  const auto seconds = time_run(small_job());
  REQUIRE(seconds);
  CHECK(*seconds > 0);
  CHECK(*seconds < 600);
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::temp_directory_path()))
    CHECK(entry.path().filename().string() != "staircase-timing-" + std::to_string(::getpid()));
}

TEST_CASE("Earlier seconds are used as they are, and the rest is scaled by the MACs", "[lab]") {
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

TEST_CASE("The smallest difference that shows pools the spread of all rows and counts them", "[lab]") {
  const auto row = [](double std, int n) { return config::Json{{"delta", {{"std", std}, {"n", n}}}}; };
  config::Json results = {{"rows", {row(1.0, 2), row(3.0, 2), config::Json::object()}}};
  // Variance (1 + 9) / 2; two comparisons: t of 2 degrees at 1.25 % a side, 6.205; 3 seeds.
  const auto shown = smallest_shown(results, 3);
  REQUIRE(shown);
  CHECK(shown->points == Approx(6.2053 * std::sqrt(5.0 / 3)).epsilon(1e-3));
  CHECK(shown->comparisons == 2);
  CHECK_FALSE(smallest_shown(results, 1));
  // Where the design has effects, these are what it is for.
  results["effects"] = {{{"value", 1.0}, {"std", 2.0}, {"n", 2}}};
  CHECK(smallest_shown(results, 3)->points == Approx(4.3027 * 2 / std::sqrt(3.0)).epsilon(1e-3));
  results.erase("effects");
  results["rows"] = {{{"delta", nullptr}}};
  CHECK_FALSE(smallest_shown(results, 3));
}
