#include "staircase/analysis/chance.h"

#include "experiment/designed.h"
#include "staircase/report/answer.h"
#include "staircase/report/report.h"
#include "support/catch.h"

namespace chance_test {

using namespace staircase;
using namespace staircase::analysis;
using tests::four_steps;
using tests::ScoredFolder;

namespace {

config::Configuration of_ten_classes(config::DataKind kind) {
  config::Configuration c;
  c.model.num_classes = 10;
  c.data.kind = kind;
  c.data.val_images = 1000;
  return c;
}

std::optional<Verdict> verdict_of(const std::optional<Difference>& difference) {
  return difference ? difference->verdict : std::nullopt;
}

/// Little above or below 10 %: what a network guesses.
double guessed(experiment::Subset subset, int64_t seed) {
  return 10 + 0.1 * static_cast<double>((static_cast<int64_t>(subset) * 3 + seed * 2) % 5);
}

}  // namespace

TEST_CASE("Chance is one class of all, and drawn classes take turns", "[analysis]") {
  const ChanceLevel level = chance_level(of_ten_classes(config::DataKind::shapes), nullptr);
  CHECK(*level.chance == Approx(10));
  CHECK(*level.largest_class == Approx(10));
  CHECK(level.val_images == 1000);
  // One side, 5 %, of 1,000 images: 1.645 sqrt(0.1 * 0.9 / 1000) = 0.0156.
  CHECK(*level.at_chance_up_to == Approx(11.56).epsilon(1e-3));
}

TEST_CASE("The largest class of the validation images is what must be passed where it is more than chance",
          "[analysis]") {
  config::DataContent content;
  content.parts = {{"train", {{"a", 900, 0}, {"b", 100, 0}}}, {"val", {{"a", 30, 0}, {"b", 70, 0}}}};
  const ChanceLevel level = chance_level(of_ten_classes(config::DataKind::image_folder), &content);
  CHECK(*level.chance == Approx(10));
  CHECK(*level.largest_class == Approx(70));
  CHECK(level.val_images == 100);
  CHECK(*level.at_chance_up_to == Approx(77.54).epsilon(1e-3));  // 70 + 164.5 sqrt(0.7 * 0.3 / 100)
}

TEST_CASE("Of data that nothing is known of, chance is all that can be said", "[analysis]") {
  const ChanceLevel level = chance_level(of_ten_classes(config::DataKind::image_folder), nullptr);
  CHECK_FALSE(level.largest_class);
  CHECK_FALSE(level.val_images);
  CHECK(*level.at_chance_up_to == Approx(10));
}

TEST_CASE("Rows at chance have no verdict but that, in every table of every design", "[analysis]") {
  for (const char* design : {"cumulative", "one_at_a_time", "leave_one_out", "pairwise", "shapley"}) {
    ScoredFolder folder(four_steps(design, {{"seeds", {0, 1, 2}}}));
    const Results results = folder.results(guessed);
    for (const Row& row : results.rows) {
      CHECK(row.at_chance);
      if (row.delta) CHECK(verdict_of(row.delta->difference) == Verdict::at_chance);
    }
    if (results.worth.effects)
      for (const Effect& effect : *results.worth.effects)
        CHECK(verdict_of(effect.worth.difference) == Verdict::at_chance);
    if (results.worth.interactions)
      for (const Interaction& each : *results.worth.interactions)
        CHECK(verdict_of(each.worth.difference) == Verdict::at_chance);
    if (results.worth.shapley) CHECK(verdict_of(results.worth.shapley->gain) == Verdict::at_chance);
  }
}

TEST_CASE("Where every row is at chance there is neither a best row nor a bar", "[analysis]") {
  ScoredFolder folder(four_steps("cumulative", {{"seeds", {0, 1, 2}}}));
  const std::string text = report::report_terminal(folder.results(guessed), 120, "runs/x");
  CHECK_THAT(text, ContainsSubstring("no best row: every row is at chance\n") &&
                       ContainsSubstring("no bars: every row's average is at chance\n"));
  CHECK_THAT(text, !ContainsSubstring("█") && !ContainsSubstring("--weights"));
}

TEST_CASE("Where every row is at chance nothing is said of how differences are judged", "[analysis]") {
  const config::Json two = {{"seeds", {0, 1, 2}},
                            {"steps", {{{"name", "gelu"}, {"set", {{"/model/activation", "gelu"}}}}}}};
  ScoredFolder folder(four_steps("cumulative", two));
  const std::string judged = "a table of one difference";
  CHECK_THAT(report::report_markdown(folder.results(guessed)), !ContainsSubstring(judged));
  const auto learned = [](experiment::Subset subset, int64_t seed) { return 50 + guessed(subset, seed); };
  CHECK_THAT(report::report_markdown(folder.results(learned)), ContainsSubstring(judged));
}

TEST_CASE("A row that has learned is compared with one at chance as ever", "[analysis]") {
  ScoredFolder folder(four_steps("one_at_a_time", {{"seeds", {0, 1, 2}}}));
  const Results results = folder.results([](experiment::Subset subset, int64_t seed) {
    return subset == 1 ? 60 + static_cast<double>(seed) / 10 : guessed(subset, seed);
  });
  CHECK_FALSE(results.rows[1].at_chance);
  CHECK(verdict_of(results.rows[1].delta->difference) == Verdict::higher);
  CHECK(verdict_of(results.rows[2].delta->difference) == Verdict::at_chance);
  CHECK_THAT(report::report_markdown(results),
             ContainsSubstring("One of the two rows is at chance for gelu (base): the verdict tells which"));
}

TEST_CASE("Steps together beyond alone are not told where one of the four rows is at chance", "[analysis]") {
  for (const char* design : {"grid", "pairwise"}) {
    ScoredFolder folder(four_steps(design, {{"seeds", {0, 1, 2}}}));
    const Results results = folder.results([](experiment::Subset subset, int64_t seed) {  // layer: nothing is learned
      return subset & 2 ? 10.0 : 60 + guessed(subset, seed) + (subset & 1 ? 5 : 0);
    });
    const Interaction& hidden = (*results.worth.interactions)[0];
    CHECK(verdict_of(hidden.worth.difference) == Verdict::at_chance);
    CHECK_FALSE(hidden.worth.difference->p_holm);
    CHECK(hidden.at_chance->size() == 2);
    CHECK(write_result(hidden)["rows_at_chance"][0] == "layer");
    const Interaction& told = (*results.worth.interactions)[1];  // gelu + stem
    CHECK(verdict_of(told.worth.difference) == Verdict::not_shown);
    CHECK_FALSE(write_result(told).contains("rows_at_chance"));
    CHECK_THAT(report::report_markdown(results),
               ContainsSubstring("- two of the four cells of gelu + layer are at chance (layer, ") &&
                   ContainsSubstring("): what they give together cannot be told") &&
                   !ContainsSubstring("cells of gelu + stem"));
  }
}

TEST_CASE("A Shapley value has no verdict where one row is at chance, the gain of two that learned has", "[analysis]") {
  ScoredFolder folder(four_steps("shapley", {{"seeds", {0, 1, 2}}}));
  const Results results = folder.results([](experiment::Subset subset, int64_t seed) {
    return subset == 2 ? 10.0 : 60 + guessed(subset, seed) + (subset == 15 ? 25 + static_cast<double>(seed) : 0);
  });
  for (const Effect& effect : *results.worth.effects) {
    CHECK(verdict_of(effect.worth.difference) == Verdict::at_chance);
    CHECK(*effect.at_chance == std::vector<std::string>{"layer"});
  }
  CHECK(verdict_of(results.worth.shapley->gain) == Verdict::higher);
  CHECK_THAT(report::report_markdown(results),
             ContainsSubstring("1 of the 16 rows at chance (layer) enter the Shapley"));
}

TEST_CASE("The results and the notes say what chance is and which rows do not pass it", "[analysis]") {
  ScoredFolder folder(four_steps("cumulative", {{"seeds", {0, 1}}}));
  const Results results = folder.results(
      [](experiment::Subset row, int64_t seed) { return row < 2 ? 10.0 : 50 + static_cast<double>(seed); });
  const config::Json written = write_result(results);
  CHECK(written["chance"] == 10.0);
  CHECK(written["largest_class"] == 10.0);
  CHECK(written["rows"][1]["at_chance"] == true);
  CHECK(written["rows"][2]["at_chance"] == false);
  CHECK(written["rows"][1]["delta"]["verdict"] == "at chance");
  for (const std::string& text : {report::report_markdown(results), report::report_terminal(results, 120)}) {
    CHECK_THAT(text, ContainsSubstring("Chance is 10.00 %; always naming the largest class of the 2,000 validation "
                                       "images gives 10.00 %"));
    CHECK_THAT(text, ContainsSubstring("At chance, not above 11.10 % (sampling error included): base, gelu; "));
  }
  const Results one = folder.results(
      [](experiment::Subset row, int64_t seed) { return row == 1 ? 10.0 : 50 + static_cast<double>(seed); });
  CHECK_THAT(report::report_markdown(one),
             ContainsSubstring("(sampling error included): gelu, which has learned nothing that could be compared"));
}

TEST_CASE("Where no difference has a verdict, nothing is said of its error", "[analysis]") {
  Results results;
  results.seeds = {0, 1};
  results.validation_images = {.used = true, .images = 200};
  CHECK_THAT(report::method_notes(results).back(), ContainsSubstring("like the 200 of the validation set"));
  CHECK_THAT(report::method_notes(results).back(), !ContainsSubstring("standard error"));
  results.validation_images.seeds_error = 1;
  CHECK_THAT(report::method_notes(results).back(), ContainsSubstring("1.0 points are of the seeds"));
}

}  // namespace chance_test
