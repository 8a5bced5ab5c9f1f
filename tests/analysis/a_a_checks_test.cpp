#include "staircase/analysis/a_a_checks.h"

#include "experiment/designed.h"
#include "staircase/base/random.h"
#include "staircase/report/report.h"
#include "support/catch.h"

namespace a_a_checks_test {

using namespace staircase;
using namespace staircase::analysis;
using tests::ScoredFolder;

namespace {

config::Json with_check(const std::string& design) {
  config::Json content = tests::four_steps(design, {{"seeds", {0, 1, 2}}});
  content["steps"].push_back({{"name", "again"}, {"set", {{"/recipe/data_order_seed", 1}}}});
  return content;
}

/// The check, row 16 of subsets and 5 of a walk, is off by so much.
Results checked(const std::string& design, double off) {
  ScoredFolder folder(with_check(design));
  return folder.results([&](size_t row, int64_t seed) {
    const double noise = RandomStream(mix64(1000 + row * 100 + static_cast<uint64_t>(seed))).uniform();
    return 50 + noise + (row == (design == "cumulative" ? 5 : 16) ? off : 0);
  });
}

}  // namespace

TEST_CASE("A step that changes the order of images alone is reported as a check, and judged by itself", "[analysis]") {
  for (const std::string design : {"cumulative", "one_at_a_time"}) {
    const Results good = checked(design, 0), bad = checked(design, 9);
    REQUIRE(good.a_a_checks);
    CHECK((*good.a_a_checks)[0].row == "again");
    CHECK((*good.a_a_checks)[0].as_it_should_be == true);
    CHECK((*bad.a_a_checks)[0].as_it_should_be == false);
    CHECK_THAT(report::report_terminal(good, 100, ""), ContainsSubstring("as it should be"));
    CHECK_THAT(report::report_terminal(bad, 100, ""), ContainsSubstring("NOT as it should be: distrust this table"));
    // Of itself: its p is not multiplied, and the others are corrected for four.
    const Difference& check = *bad.rows[5].delta->difference;
    CHECK(*check.p_holm == Approx(*check.p));
    double least = 1, least_holm = 1;
    for (size_t row = 1; row < 5; ++row) {
      least = std::min(least, *good.rows[row].delta->difference->p);
      least_holm = std::min(least_holm, *good.rows[row].delta->difference->p_holm);
    }
    CHECK(least_holm == Approx(std::min(1.0, 4 * least)));
  }
}

TEST_CASE("A table without such a step has no checks", "[analysis]") {
  ScoredFolder folder(tests::four_steps("cumulative"));
  CHECK_FALSE(folder.results([](size_t, int64_t) { return 50.0; }).a_a_checks);
}

}  // namespace a_a_checks_test
