#include "staircase/report/answer.h"

#include "experiment/designed.h"
#include "staircase/analysis/smallest_shown.h"
#include "staircase/base/random.h"
#include "staircase/base/text.h"
#include "staircase/report/context_table.h"
#include "staircase/report/notes.h"
#include "support/catch.h"

namespace answer_test {

using namespace staircase;
using namespace staircase::report;
using tests::four_steps;
using tests::ScoredFolder;

namespace {

double noise(size_t row, int64_t seed) {
  return RandomStream(mix64(row * 100 + static_cast<uint64_t>(seed))).uniform();
}

double noisy(size_t row, int64_t seed) { return 50 + noise(row, seed); }

std::string answer_of(const analysis::Results& results) { return join(answer_lines(results), "\n"); }

}  // namespace

TEST_CASE("Before its first look an experiment that adds seeds says when that is", "[report]") {
  for (const config::Json& seeds : {config::Json{0}, config::Json{0, 1}}) {
    ScoredFolder folder(four_steps("one_at_a_time", {{"seeds", seeds}, {"until", {{"shown", 0.5}}}}));
    CHECK(answer_of(folder.results(noisy)) == "The first look is still to come, when 3 seeds of every row are done");
  }
}

TEST_CASE("In contexts a candidate is better than the first of its own context", "[report]") {
  const config::Json model = {{"width_factor", 0.1}};
  config::Json layer = model;
  layer["norm"] = "layer";
  ScoredFolder folder({{"name", "two"},
                       {"kind", "comparison"},
                       {"seeds", {0, 1, 2}},
                       {"base", {{"recipe", "small"}, {"data", {{"kind", "shapes"}}}}},
                       {"candidates", {{{"name", "a"}, {"model", model}}, {{"name", "b"}, {"model", layer}}}},
                       {"contexts", {{{"name", "long"}, {"set", {{"/recipe/epochs", 50}}}}}}});
  const analysis::Results results =
      folder.results([](size_t row, int64_t seed) { return noisy(row, seed) + (row % 2 == 1 ? 20 : 0); });
  CHECK_THAT(answer_of(results),
             ContainsSubstring("Shown to be better than a of the same context: b (") && ContainsSubstring("long/b ("));
}

TEST_CASE("Rows at chance count in what the open ones are corrected for, and contexts name them", "[report]") {
  config::Json content = four_steps("cumulative", {{"seeds", {0, 1, 2}}});
  ScoredFolder folder(content);
  const auto score = [](size_t row, int64_t seed) { return row % 5 < 2 ? 9 + noise(row, seed) : noisy(row, seed); };
  const analysis::Results results = folder.results(score);
  REQUIRE(results.rows[1].delta->difference->verdict == analysis::Verdict::at_chance);
  const analysis::Difference& open = *results.rows[3].delta->difference;
  REQUIRE(open.verdict == analysis::Verdict::not_shown);
  // Two are open and one is at chance; the third is shown.
  const auto two = analysis::seeds_to_show(results, open, 2), three = analysis::seeds_to_show(results, open, 3);
  REQUIRE((two && three && *two < *three));
  CHECK_THAT(answer_of(results), ContainsSubstring("; " + std::to_string(*three) + " seeds)"));
  content["contexts"] = {{{"name", "long"}, {"set", {{"/recipe/epochs", 50}}}}};
  ScoredFolder in_two(content);
  CHECK_THAT(join(context_notes(in_two.results(score)), "\n"), ContainsSubstring("gelu: at chance in all contexts"));
}

TEST_CASE("An experiment that adds seeds does not count rows at chance as decided", "[report]") {
  ScoredFolder folder(four_steps("cumulative", {{"seeds", {0, 1, 2}}, {"until", {{"shown", 0.5}}}}));
  const analysis::Results results =
      folder.results([](size_t row, int64_t seed) { return row < 2 ? 9 + noise(row, seed) : noisy(row, seed); });
  const std::string text = join(look_notes(results), "\n");
  CHECK_THAT(text, ContainsSubstring("1 at chance, which no seeds decide"));
  CHECK_THAT(text, ContainsSubstring("of 4 differences"));
}

TEST_CASE("Two seeds are warned of, also where a table lends them spread", "[report]") {
  ScoredFolder folder(four_steps("one_at_a_time", {{"seeds", {0, 1}}}));
  const analysis::Results results = folder.results(noisy);
  REQUIRE(results.judged_by.prior);
  CHECK_THAT(join(notes(results), "\n"), ContainsSubstring("about 7 % show one, where 5 % are promised"));
}

}  // namespace answer_test
