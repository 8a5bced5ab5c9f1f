#include <set>

#include "experiment/designed.h"
#include "support/catch.h"

namespace subset_design_test {

using namespace staircase;
using runs::Ledger;
using runs::list_runs;
using runs::RunKey;
using tests::design_of;
using tests::four_steps;
using tests::row_names;
using tests::with_requires;

TEST_CASE("Four independent steps give 5, 5, 5, 11 and 16 runs a seed", "[experiment]") {
  const auto runs_of = [](const std::string& design) {
    return list_runs(design_of(four_steps(design)), {0}, Ledger("new")).size();
  };
  CHECK(runs_of("cumulative") == 5);
  CHECK(runs_of("one_at_a_time") == 5);
  CHECK(runs_of("leave_one_out") == 5);
  CHECK(runs_of("pairwise") == 11);
  CHECK(runs_of("shapley") == 16);
}

TEST_CASE("leave_one_out compares each removal to the full model", "[experiment]") {
  const auto design = design_of(four_steps("leave_one_out"));
  CHECK(row_names(design) ==
        std::vector<std::string>{"full", "without_gelu", "without_layer", "without_stem", "without_no_mixing"});
  const config::Configuration& without = design.variants[2].configuration;
  CHECK(without.model.norm == config::Norm::batch);
  CHECK(without.model.activation == config::Activation::gelu);
  CHECK(without.recipe.mixup_alpha == 0);
  CHECK(*design.variants[2].compared_to == 0);
  REQUIRE(design.variants[2].changes.size() == 1);
  CHECK(design.variants[2].changes[0].a == "layer");
  CHECK(design.variants[2].changes[0].b == "batch");
}

TEST_CASE("pairwise holds the base, each step and each pair", "[experiment]") {
  const auto names = row_names(design_of(four_steps("pairwise")));
  CHECK(names[0] == "base");
  CHECK(names[4] == "no_mixing");
  CHECK(names[5] == "gelu+layer");
  CHECK(names[10] == "stem+no_mixing");
}

TEST_CASE("What a step requires comes with it and goes after it", "[experiment]") {
  // layer requires gelu.
  const auto of = [](const std::string& design) {
    return row_names(design_of(with_requires(four_steps(design), 1, {"gelu"})));
  };
  CHECK(of("one_at_a_time") == std::vector<std::string>{"base", "gelu", "stem", "no_mixing", "layer"});
  CHECK(of("leave_one_out")[1] == "without_gelu+layer");
  CHECK(of("shapley").size() == 12);  // 3 of (gelu, layer) times 4
  for (const std::string& name : of("shapley"))
    CHECK((name.find("layer") == std::string::npos || name.find("gelu") != std::string::npos));
  const auto alone = design_of(with_requires(four_steps("one_at_a_time"), 1, {"gelu"}));
  CHECK(*alone.variants[4].compared_to == 1);
  CHECK(alone.variants[4].configuration.model.activation == config::Activation::gelu);
  CHECK(of("grid").size() == 12);
}

TEST_CASE("A row that only serves as another's ground is named by its steps", "[experiment]") {
  const auto design = design_of(with_requires(four_steps("one_at_a_time"), 2, {"gelu", "layer"}));
  CHECK(row_names(design) == std::vector<std::string>{"base", "gelu", "layer", "no_mixing", "gelu+layer", "stem"});
  CHECK(*design.variants[5].compared_to == 4);
}

TEST_CASE("A step may require the base, which a first step without edits names", "[experiment]") {
  config::Json content = four_steps("shapley");
  const config::Json base = {{"name", "resnet"}, {"set", config::Json::object()}};
  content["steps"].insert(content["steps"].begin(), base);
  const auto design = design_of(with_requires(content, 1, {"resnet"}));
  CHECK(design.variants.size() == 16);
  CHECK(design.variants[0].name == "resnet");
}

TEST_CASE("Among all steps a recipe as a whole does not undo another step's field of it, wherever it stands",
          "[experiment]") {
  for (const std::string design : {"leave_one_out", "shapley"})
    for (size_t place = 0; place <= 4; ++place) {
      INFO(design << ", the recipe at place " << place);
      config::Json content = four_steps(design), steps = config::Json::array();
      const config::Json recipe = {{"from", "small"}, {"mixup_alpha", 0.5}, {"label_smoothing", 0.25}};
      for (size_t i = 0; i <= 4; ++i) {
        if (i == place) steps.push_back({{"name", "recipe"}, {"set", {{"/recipe", recipe}}}});
        if (i < 4) steps.push_back(content["steps"][i]);
      }
      content["steps"] = steps;
      const auto variants = design_of(content).variants;
      const config::RecipeOptions& all =
          (design == "shapley" ? variants.back() : variants.front()).configuration.recipe;
      CHECK(all.mixup_alpha == 0);
      CHECK(all.label_smoothing == 0.25);
    }
}

TEST_CASE("Requirements that cannot be met are refused by name", "[experiment]") {
  const auto refused = [](const config::Json& content, const std::string& part) {
    CHECK_THROWS_WITH(design_of(content), ContainsSubstring(part));
  };
  refused(with_requires(four_steps("shapley"), 1, {"gleu"}), "x.json: /steps/1/requires/0: \"gleu\" is not a step");
  refused(with_requires(four_steps("shapley"), 1, {"gleu"}), "did you mean \"gelu\"");
  const auto circle =
      with_requires(with_requires(with_requires(four_steps("shapley"), 0, {"stem"}), 1, {"gelu"}), 2, {"layer"});
  refused(circle, "/steps/0/requires: goes in a circle: gelu requires stem requires layer requires gelu");
  refused(with_requires(four_steps("grid"), 3, {"no_mixing"}), "no_mixing requires no_mixing");
  refused(with_requires(four_steps("cumulative"), 0, {"stem"}),
          "gelu requires stem, which is not carried on before it");
  CHECK_NOTHROW(design_of(with_requires(four_steps("cumulative"), 2, {"gelu"})));
}

TEST_CASE("A step that needs two alternatives at once is refused by name", "[experiment]") {
  for (const std::string design : {"cumulative", "one_at_a_time", "grid"}) {
    config::Json content = four_steps(design);
    content["steps"][1]["set"] = {{"/model/activation", "relu"}};
    CHECK_THROWS_WITH(
        design_of(with_requires(content, 1, {"gelu"})),
        ContainsSubstring("x.json: /steps/1/requires: the step layer cannot have all that it requires: ") &&
            ContainsSubstring("layer and gelu both set /model/activation"));
    CHECK_THROWS_WITH(design_of(with_requires(with_requires(content, 2, {"gelu"}), 3, {"stem", "layer"})),
                      ContainsSubstring("/steps/3/requires: the step no_mixing cannot have") &&
                          ContainsSubstring("layer and gelu both set /model/activation"));
  }
}

TEST_CASE("Alternatives and side branches go only with designs that never need both", "[experiment]") {
  for (const std::string design : {"leave_one_out", "pairwise", "shapley"}) {
    config::Json alternatives = four_steps(design), side = four_steps(design);
    alternatives["steps"][1]["set"] = {{"/model/activation", "relu"}};
    CHECK_THROWS_WITH(design_of(alternatives), ContainsSubstring("gelu and layer both set /model/activation"));
    side["steps"][1]["side_branch"] = true;
    CHECK_THROWS_WITH(design_of(side), ContainsSubstring("layer is a side_branch"));
  }
  for (const std::string design : {"cumulative", "one_at_a_time", "grid"}) {
    config::Json alternatives = four_steps(design);
    alternatives["steps"][1]["set"] = {{"/model/activation", "relu"}};
    CHECK_NOTHROW(design_of(alternatives));
  }
}

TEST_CASE("A design over its budget says how many runs it is and how to bound it", "[experiment]") {
  CHECK_THROWS_WITH(design_of(four_steps("pairwise", {{"max_configurations", 10}, {"seeds", {0, 1, 2}}})),
                    ContainsSubstring("/max_configurations: allows 10") &&
                        ContainsSubstring("needs 11, which are 33 runs with 3 seeds") &&
                        ContainsSubstring("raise it, or use fewer steps"));
  CHECK_THROWS_WITH(design_of(four_steps("grid", {{"max_configurations", 15}})), ContainsSubstring("needs 16"));
  CHECK_THROWS_WITH(design_of(four_steps("shapley", {{"max_configurations", 6}})),
                    ContainsSubstring("two sampled orders"));
  CHECK_THROWS_WITH(design_of(four_steps("shapley", {{"max_configurations", 12}, {"orders", 50}})),
                    ContainsSubstring("set a smaller /orders"));
  CHECK_THROWS_WITH(design_of(four_steps("shapley", {{"max_configurations", 12}, {"orders", 1}})),
                    ContainsSubstring("/orders: found 1"));
}

TEST_CASE("Shapley values are exact where the budget holds all combinations, else sampled within it", "[experiment]") {
  const auto exact = design_of(four_steps("shapley", {{"max_configurations", 16}, {"orders", 3}}));
  CHECK(exact.orders.empty());
  const auto sampled = design_of(four_steps("shapley", {{"max_configurations", 15}}));
  CHECK(sampled.orders.size() >= 2);
  CHECK(sampled.variants.size() <= 15);
  CHECK(design_of(four_steps("shapley", {{"max_configurations", 15}, {"orders", 2}})).orders.size() == 2);
  CHECK(row_names(sampled).back() == "gelu+layer+stem+no_mixing");
}

TEST_CASE("A combination that cannot be built is found before anything trains, and named", "[experiment]") {
  config::Json content = four_steps("shapley");
  content["steps"][1]["set"] = {{"/model/spatial", "grouped"}};  // 32 groups fit no width of 6
  content["steps"][3]["set"] = {{"/recipe/warmup_epochs", 31}};
  CHECK_THROWS_WITH(design_of(content),
                    ContainsSubstring("/model/groups") && ContainsSubstring("(in the configuration layer)"));
  content["steps"].erase(1);
  CHECK_THROWS_WITH(design_of(content), ContainsSubstring("/recipe/warmup_epochs: found 31") &&
                                            ContainsSubstring("configuration no_mixing)"));
}

TEST_CASE("Seeds are refused when there are none or one stands twice", "[experiment]") {
  CHECK_THROWS_WITH(design_of(four_steps("shapley", {{"seeds", {1, 2, 1}}})),
                    ContainsSubstring("/seeds: holds 1 twice"));
  CHECK_THROWS_WITH(design_of(four_steps("shapley", {{"seeds", config::Json::array()}})),
                    ContainsSubstring("/seeds: holds 0 values"));
}

TEST_CASE("Equal configurations of different designs are the same run", "[experiment]") {
  const Ledger ledger("new");
  std::set<std::string> all;
  for (const RunKey& run : list_runs(design_of(four_steps("shapley")), {0, 1}, ledger))
    all.insert(ledger.run_name(run));
  for (const std::string design : {"cumulative", "one_at_a_time", "leave_one_out", "pairwise", "grid"})
    for (const RunKey& run : list_runs(design_of(four_steps(design)), {0, 1}, ledger))
      CHECK(all.count(ledger.run_name(run)) == 1);
}

}  // namespace subset_design_test
