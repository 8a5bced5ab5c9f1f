// Tables of a task whose rows are compared by a loss.
#include "experiment/designed.h"
#include "staircase/base/random.h"
#include "staircase/base/text.h"
#include "staircase/report/answer.h"
#include "staircase/report/notes.h"
#include "staircase/report/report.h"
#include "staircase/report/use.h"
#include "support/catch.h"

namespace lower_is_better_test {

using namespace staircase;
using namespace staircase::analysis;
using tests::ScoredFolder;

namespace {

const config::Json pretraining = {{"from", "small"}, {"task", "masked_autoencoding"}};

/// Row 1 loses 0.1 less than the first, row 2 0.1 more, row 3 as much.
double loss(size_t row, int64_t seed) {
  const double noise = 0.01 * RandomStream(mix64(row * 100 + static_cast<uint64_t>(seed))).uniform();
  return 0.7 + (row == 1 ? -0.1 : row == 2 ? 0.1 : 0) + noise;
}

Results judged() {
  config::Json content = tests::four_steps("one_at_a_time", {{"seeds", {0, 1, 2}}});
  content["base"]["recipe"] = pretraining;
  content["steps"].erase(3);
  ScoredFolder folder(content);
  return folder.results(loss);
}

}  // namespace

TEST_CASE("What lowers a loss is shown to help, and what raises it to hurt", "[analysis]") {
  const Results results = judged();
  CHECK(results.score == "loss_ema");
  CHECK(results.rows[1].delta->difference->verdict == Verdict::lower);
  const std::string text = join(report::answer_lines(results), "\n");
  CHECK_THAT(text, ContainsSubstring("Shown to help: gelu (-0."));
  CHECK_THAT(text, ContainsSubstring("Shown to hurt: layer (+0."));
  CHECK_THAT(text, ContainsSubstring("Open: stem ("));
}

TEST_CASE("Of a loss nothing is said in points or of chance, classes and right answers", "[analysis]") {
  const Results results = judged();
  CHECK_FALSE(write_result(results).contains("chance"));
  for (const Row& row : results.rows) CHECK_FALSE(row.at_chance);
  const std::string text = report::report_terminal(results, 120, "runs/x") + report::report_markdown(results, nullptr);
  for (const char* other : {"points", "hance", "class", "top-1", "█", "bars"}) {
    INFO(other);
    CHECK_THAT(text, !ContainsSubstring(other));
  }
  CHECK_THAT(text, ContainsSubstring("Rows are compared by the last epoch's loss"));
}

TEST_CASE("The best row is the one of the lowest loss, and its file is one to start from", "[analysis]") {
  const Results results = judged();
  CHECK(report::best_row(results)->name == "gelu");
  const std::string line = report::best_weights_line(results, "runs/x");
  CHECK_THAT(line, ContainsSubstring("/init/weights runs/x:gelu@") && ContainsSubstring("(EMA, loss 0.60"));
}

TEST_CASE("A row is tuned to the context of its lowest loss", "[analysis]") {
  config::Json content = tests::four_steps("cumulative", {{"seeds", {0, 1, 2, 3}}});
  content["base"]["recipe"] = pretraining;
  content["steps"] = {content["steps"][0]};
  content["contexts"] = {{{"name", "half_rate"}, {"set", {{"/recipe/learning_rate", 0.001}}}}};
  ScoredFolder folder(content);
  // As written 0.7 and 0.6, at half the rate 0.65 and 0.68.
  const Results results = folder.results([](size_t row, int64_t seed) {
    const double losses[] = {0.7, 0.6, 0.65, 0.68};
    return losses[row] + 0.001 * RandomStream(mix64(row * 100 + static_cast<uint64_t>(seed))).uniform();
  });
  REQUIRE(results.contexts->tuned);
  const TunedRow &base = results.contexts->tuned->rows[0], &gelu = results.contexts->tuned->rows[1];
  CHECK(base.best == "half_rate");
  CHECK(gelu.best == "as written");
  CHECK(*base.score == Approx(0.65).margin(0.002));
  CHECK(gelu.difference->mean == Approx(-0.05).margin(0.002));
  CHECK(gelu.difference->verdict == Verdict::lower);
  CHECK(gelu.difference->interval->low < gelu.difference->mean);
  CHECK(gelu.difference->interval->high > gelu.difference->mean);
  CHECK(gelu.difference->interval->high < 0);
}

}  // namespace lower_is_better_test
