#include <algorithm>
#include <cmath>

#include "experiment/designed.h"
#include "staircase/report/effect_table.h"
#include "staircase/report/report.h"
#include "staircase/report/report_table.h"
#include "support/catch.h"

namespace effects_test {

using namespace staircase;
using namespace staircase::analysis;
using namespace staircase::experiment;
using namespace staircase::runs;
using namespace staircase::report;
using tests::four_steps;
using tests::ScoredFolder;
namespace fs = std::filesystem;

namespace {

/// The first two steps only help together (10 points), the third gives 3, the fourth nothing; seeds differ.
double only_together(Subset subset, int64_t seed) {
  const double noise = 0.01 * static_cast<double>((seed * 7 + static_cast<int64_t>(subset) * 5) % 11);
  return 40 + 2.0 * static_cast<double>(seed) + ((subset & 3) == 3 ? 10 : 0) + (holds(subset, 2) ? 3 : 0) + noise;
}

const config::Json three_seeds = {{"seeds", {0, 1, 2}}};

analysis::Results results_of(const config::Json& content) { return ScoredFolder(content).results(only_together); }

/// As results.json has them.
config::Json json_of(const config::Json& content) { return analysis::write_result(results_of(content)); }

/// The effect that the row is there for; the gain of all steps where it is for none of them.
const analysis::Difference& effect_of(const analysis::Results& results, const analysis::Row& row) {
  for (const analysis::Effect& effect : *results.worth.effects)
    if (row.name == effect.step || row.name == "without_" + effect.step) return effect.worth.difference.value();
  return results.worth.shapley.value().gain.value();
}

}  // namespace

TEST_CASE("One at a time misses what two steps do together", "[analysis]") {
  const config::Json effects = json_of(four_steps("one_at_a_time", three_seeds))["effects"];
  REQUIRE(effects.size() == 4);
  CHECK(effects[0]["step"] == "gelu");
  CHECK(effects[0]["value"].get<double>() == Approx(0).margin(0.2));
  CHECK(effects[0]["verdict"] == "no difference shown");
  CHECK(effects[2]["value"].get<double>() == Approx(3).margin(0.2));
  CHECK(effects[2]["verdict"] == "higher");
}

TEST_CASE("Pairs show what two steps do together", "[analysis]") {
  const analysis::Results built = results_of(four_steps("pairwise", three_seeds));
  const config::Json results = analysis::write_result(built);
  REQUIRE(results["interactions"].size() == 6);
  const config::Json& together = results["interactions"][0];
  CHECK(together["a"] == "gelu");
  CHECK(together["b"] == "layer");
  CHECK(together["value"].get<double>() == Approx(10).margin(0.3));
  CHECK(together["verdict"] == "higher");
  CHECK(together["n"] == 3);
  for (size_t i = 1; i < 6; ++i) CHECK(results["interactions"][i]["verdict"] == "no difference shown");
  const TextTable matrix = interaction_matrix(built), list = interaction_table(built);
  REQUIRE(matrix.rows.size() == 4);
  CHECK_THAT(matrix.rows[0][1], ContainsSubstring("alone") && ContainsSubstring("no difference shown"));
  CHECK_THAT(matrix.rows[0][2], ContainsSubstring("higher +"));
  CHECK(matrix.rows[1][1].empty());
  REQUIRE(list.rows.size() == 6);
  CHECK(list.rows[0].front() == "gelu + layer");
  CHECK(list.rows[0][1] == "higher");
}

TEST_CASE("A grid whose axes have two values shows what two steps do together, as pairwise does", "[analysis]") {
  const analysis::Results grid = results_of(four_steps("grid", three_seeds));
  const config::Json written = analysis::write_result(grid);
  CHECK(written["interactions"] == json_of(four_steps("pairwise", three_seeds))["interactions"]);
  CHECK_FALSE(written.contains("effects"));
  CHECK(grid.rows[1].delta->difference->verdict.has_value());  // rows are judged as in any grid
  for (const std::string& text : {report_markdown(grid), report_terminal(grid, 120)}) {
    CHECK_THAT(text, ContainsSubstring("gelu + layer") && ContainsSubstring("together beyond alone"));
    CHECK_THAT(text,
               ContainsSubstring("the other axes of the grid as in the base") && !ContainsSubstring("not judged"));
  }
  CHECK_THAT(interactions_csv(grid), ContainsSubstring("\ngelu,layer,"));
}

TEST_CASE("A grid's tables name both axes, and what a delta is against", "[analysis]") {
  config::Json content = four_steps("grid", three_seeds);
  content["steps"].erase(3);
  content["steps"].erase(2);
  const analysis::Results grid = results_of(content);
  CHECK(grid_table(grid).header ==
        std::vector<std::string>{"/model/activation, across: /model/norm", "batch (base)", "layer"});
  CHECK(delta_title(grid) == "delta to base");
  CHECK(delta_title(results_of(four_steps("cumulative", three_seeds))) == "delta");
}

TEST_CASE("The interaction of a grid of two axes is the one computed by hand", "[analysis]") {
  config::Json content = four_steps("grid", three_seeds);
  content["steps"].erase(content["steps"].begin() + 2, content["steps"].end());
  const double rows[] = {40, 43, 41, 50};  // base, layer, gelu, both: 50 - 43 - 41 + 40
  const double noise[][3] = {{0, 0, 0}, {0, 0, 0}, {0, 0, 0}, {-1, 0, 1}};
  const auto score = [&](Subset subset, int64_t seed) {
    const size_t row = subset == 0 ? 0 : subset == 2 ? 1 : subset == 1 ? 2 : 3;
    return rows[row] + noise[row][seed];
  };
  const config::Json together = analysis::write_result(ScoredFolder(content).results(score))["interactions"][0];
  CHECK(together["value"] == 6.0);
  CHECK(together["std"] == 1.0);
  // 6 +- 4.3027 / sqrt(3)
  CHECK(together["interval"][0].get<double>() == Approx(3.516).epsilon(1e-3));
  CHECK(together["verdict"] == "higher");
}

TEST_CASE("A grid with alternatives on an axis has no interactions, nor has one of a single axis", "[analysis]") {
  config::Json content = four_steps("grid", three_seeds);
  content["steps"].push_back({{"name", "stem_16"}, {"set", {{"/model/stem", "patchify16"}}}});
  CHECK_FALSE(json_of(content).contains("interactions"));
  content["steps"] = {content["steps"][0]};
  CHECK_FALSE(json_of(content).contains("interactions"));
}

TEST_CASE("A pair of a grid whose step requires the other has the reason in place of a number", "[analysis]") {
  const config::Json results = json_of(tests::with_requires(four_steps("grid", three_seeds), 1, {"gelu"}));
  CHECK(results["interactions"][0]["reason"] == "layer requires gelu");
  CHECK(results["interactions"][1]["n"] == 3);
}

TEST_CASE("Shapley values show what two steps do together and sum to the whole gain", "[analysis]") {
  const config::Json results = json_of(four_steps("shapley", three_seeds));
  const config::Json& effects = results["effects"];
  CHECK(effects[0]["value"].get<double>() == Approx(5).margin(0.2));
  CHECK(effects[1]["value"].get<double>() == Approx(5).margin(0.2));
  CHECK(effects[0]["verdict"] == "higher");
  CHECK(effects[3]["verdict"] == "no difference shown");
  double sum = 0;
  for (const config::Json& effect : effects) sum += effect["value"].get<double>();
  CHECK(sum == Approx(results["shapley"]["gain"]["mean"].get<double>()));
  CHECK(results["shapley"]["exact"] == true);
  CHECK(results["shapley"]["gain"]["verdict"] == "higher");
  CHECK(effects[0]["interval"].size() == 2);
}

TEST_CASE("Sampled Shapley values carry the error of sampling and still sum to the gain", "[analysis]") {
  const config::Json results =
      json_of(four_steps("shapley", {{"seeds", {0, 1, 2}}, {"max_configurations", 15}, {"orders", 3}}));
  CHECK(results["shapley"]["exact"] == false);
  CHECK(results["shapley"]["orders"] == 3);
  double sum = 0;
  for (const config::Json& effect : results["effects"]) {
    sum += effect["value"].get<double>();
    CHECK(effect["std_error"].get<double>() >= effect["order_std_error"].get<double>());
  }
  CHECK(sum == Approx(results["shapley"]["gain"]["mean"].get<double>()));
}

TEST_CASE("Leaving a step out gives what the full model loses", "[analysis]") {
  const config::Json results = json_of(four_steps("leave_one_out", three_seeds));
  CHECK(results["effects"][0]["value"].get<double>() == Approx(10).margin(0.2));
  CHECK(results["rows"][1]["delta"]["mean"].get<double>() == Approx(-10).margin(0.2));
  CHECK(results["rows"][1]["delta"]["verdict"] == "lower");
}

TEST_CASE("One number has one verdict, as a row's delta and as an effect", "[analysis]") {
  const auto score = [](Subset subset, int64_t seed) {
    const double noise = 0.02 * static_cast<double>((seed * 7 + static_cast<int64_t>(subset) * 5) % 11);
    return 40 + (subset == 1 ? 1.4 : 0) + noise;
  };
  for (const char* design : {"one_at_a_time", "pairwise", "leave_one_out", "shapley"}) {
    const analysis::Results results = ScoredFolder(four_steps(design, {{"seeds", {0, 1, 2, 3}}})).results(score);
    size_t effects = 0;
    for (const analysis::Row& row : results.rows) {
      if (!row.delta || !row.delta->is_effect) {
        if (row.delta) CHECK_FALSE(row.delta->difference->verdict);
        continue;
      }
      ++effects;
      const analysis::Difference& judged = effect_of(results, row);
      const bool opposite = std::string(design) == "leave_one_out";
      CHECK(judged.mean == Approx(opposite ? -row.delta->difference->mean : row.delta->difference->mean));
      CHECK(row.delta->difference->p_holm == judged.p_holm);
      REQUIRE(judged.verdict);
      CHECK(row.delta->difference->verdict == (opposite ? analysis::reversed(*judged.verdict) : *judged.verdict));
    }
    CHECK(effects == (std::string(design) == "shapley" ? 1 : 4));
  }
}

TEST_CASE("A difference that stands among the effects stands nowhere else", "[analysis]") {
  const std::vector<std::string> header = main_table(results_of(four_steps("one_at_a_time", three_seeds))).header;
  CHECK(std::find(header.begin(), header.end(), "delta") == header.end());
  const TextTable pairs = main_table(results_of(four_steps("pairwise", three_seeds)));
  const auto delta = std::find(pairs.header.begin(), pairs.header.end(), "delta") - pairs.header.begin();
  REQUIRE(delta < static_cast<long>(pairs.header.size()));
  CHECK(pairs.rows[1].at(static_cast<size_t>(delta)).empty());            // gelu alone: an effect
  CHECK_FALSE(pairs.rows.back().at(static_cast<size_t>(delta)).empty());  // two steps: no effect
}

TEST_CASE("A pair of which one requires the other has a reason instead of a number", "[analysis]") {
  const analysis::Results built = results_of(tests::with_requires(four_steps("pairwise", three_seeds), 1, {"gelu"}));
  const config::Json results = analysis::write_result(built);
  CHECK(results["interactions"][0]["value"].is_null());
  CHECK(results["interactions"][0]["reason"] == "layer requires gelu");
  CHECK_THAT(report_markdown(built), ContainsSubstring("layer requires gelu"));
}

TEST_CASE("Effects wait for their runs and count the seeds that have them", "[analysis]") {
  ScoredFolder folder(four_steps("shapley", three_seeds));
  folder.results(only_together);
  fs::remove_all(folder.ledger.run_folder({folder.design.variants[5].configuration, 1}));
  const config::Json results = analysis::write_result(build_results(folder.experiment, folder.design, folder.ledger));
  CHECK(results["effects"][0]["n"] == 2);
  for (int64_t seed : {0, 2}) fs::remove_all(folder.ledger.run_folder({folder.design.variants[5].configuration, seed}));
  const analysis::Results none = build_results(folder.experiment, folder.design, folder.ledger);
  CHECK(analysis::write_result(none)["effects"][0]["value"].is_null());
  CHECK_NOTHROW(report_terminal(none, 120));
  CHECK_NOTHROW(report_markdown(none));
}

TEST_CASE("One seed gives effects without an interval or a verdict", "[analysis]") {
  const analysis::Results built = results_of(four_steps("shapley"));
  const config::Json results = analysis::write_result(built);
  CHECK(results["effects"][0]["interval"].is_null());
  CHECK(results["effects"][0]["verdict"].is_null());
  CHECK_THAT(report_markdown(built), ContainsSubstring("one seed: no spread known"));
  CHECK_THAT(report_markdown(built), !ContainsSubstring("no difference shown"));
}

TEST_CASE("The reports of several seeds call what is not shown by its name", "[analysis]") {
  const analysis::Results results = results_of(four_steps("pairwise", three_seeds));
  for (const std::string& text : {report_markdown(results), report_terminal(results, 120), report_csv(results),
                                  effects_csv(results), interactions_csv(results)})
    CHECK_THAT(text, ContainsSubstring("no difference shown") && ContainsSubstring("higher"));
}

TEST_CASE("Files of effects follow the design", "[analysis]") {
  const ScoredFolder pairwise(four_steps("pairwise"));
  const fs::path folder = pairwise.folder.path();
  write_reports(folder, build_results(pairwise.experiment, pairwise.design, pairwise.ledger));
  CHECK(fs::exists(folder / "interactions.csv"));
  const ScoredFolder grid(four_steps("grid"));
  write_reports(folder, build_results(grid.experiment, grid.design, grid.ledger));
  CHECK(fs::exists(folder / "interactions.csv"));
  CHECK_FALSE(fs::exists(folder / "effects.csv"));
  const ScoredFolder walk(four_steps("cumulative"));
  write_reports(folder, build_results(walk.experiment, walk.design, walk.ledger));
  CHECK_FALSE(fs::exists(folder / "interactions.csv"));
  CHECK_FALSE(fs::exists(folder / "effects.csv"));
}

}  // namespace effects_test
