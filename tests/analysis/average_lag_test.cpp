#include "staircase/analysis/average_lag.h"

#include "experiment/designed.h"
#include "staircase/report/report.h"
#include "support/catch.h"

namespace average_lag_test {

using namespace staircase;
using namespace staircase::analysis;
using tests::four_steps;
using tests::ScoredFolder;

namespace {

Results results_with(double average_above_raw, const config::Json& extra = config::Json::object()) {
  ScoredFolder folder(four_steps("cumulative", extra));
  return folder.results([](size_t row, int64_t) { return 20.0 + static_cast<double>(row); }, average_above_raw);
}

}  // namespace

TEST_CASE("An average far behind its weights is named with the ways out", "[analysis]") {
  const config::Json no_warmup = {{"override", {{"/recipe/ema_warmup", false}}}};
  const Results results = results_with(-10, no_warmup);
  const config::Json written = write_result(results);
  CHECK(written["average_lag"]["rows"].size() == 5);
  CHECK(written["average_lag"]["rows"][0] == config::Json({{"row", "base"}, {"average", 10.0}, {"raw", 20.0}}));
  for (const std::string& text : {report::report_markdown(results), report::report_terminal(results, 120)})
    CHECK_THAT(text, ContainsSubstring("averaged ones of base (10.00, raw 20.00), gelu (11.00, raw 21.00), ") &&
                         ContainsSubstring("still holds its initial weights, so differences may be hidden. \"score\": "
                                           "\"raw\" compares the raw weights; /recipe/ema_warmup true, or more "
                                           "epochs, let the average catch up"));
}

TEST_CASE("Rows whose averages alone are at chance have learned, and their raw weights are the ones to take",
          "[analysis]") {
  const Results results = results_with(-20);  // 20 to 24 %, averages of 0 to 4
  const std::string text = report::report_terminal(results, 120, "runs/x");
  CHECK_THAT(text, !ContainsSubstring("At chance, not above") && !ContainsSubstring("learned nothing"));
  CHECK_THAT(text, ContainsSubstring("Only the averages are not above 11.10 %, the raw weights are: base, gelu, "));
  CHECK_THAT(text, ContainsSubstring("no bars: every row's average is at chance\n"));
  CHECK_THAT(text, ContainsSubstring("weights of the best row: --weights runs/x:no_mixing@0:raw (raw, top-1 24.00)"));
}

TEST_CASE("An average that is ahead of all raw weights is the one to take though another row's is behind",
          "[analysis]") {
  Results results = results_with(-5);
  Row& ahead = results.rows[0];
  ahead.score->mean = 60;
  ahead.seeds[0].numbers["top1_ema"] = 60.0;
  CHECK_THAT(report::report_terminal(results, 120, "runs/x"), ContainsSubstring("runs/x:base@0 (EMA, top-1 60.00)"));
}

TEST_CASE("With ema_warmup an average behind its weights no longer holds the initial ones", "[analysis]") {
  const std::string text = report::report_markdown(results_with(-10));  // the recipe small has it
  CHECK_THAT(text, ContainsSubstring("has not caught up with the weights yet") && !ContainsSubstring("ema_warmup"));
}

TEST_CASE("An average that is little behind, or ahead, or not the score, is nothing to warn of", "[analysis]") {
  CHECK_FALSE(results_with(-1.9).average_lag);
  CHECK_FALSE(results_with(5).average_lag);
  CHECK_FALSE(results_with(-10, {{"score", "raw"}}).average_lag);
}

TEST_CASE("Few validation images widen what an average may be behind by chance", "[analysis]") {
  // Twice the error of 20 % in 100 images is 8 points, in 2,000 images 1.8.
  CHECK_FALSE(results_with(-6, {{"override", {{"/data/val_images", 100}}}}).average_lag);
  CHECK(results_with(-6).average_lag);
}

}  // namespace average_lag_test
