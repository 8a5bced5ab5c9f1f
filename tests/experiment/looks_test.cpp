#include "staircase/experiment/looks.h"

#include <algorithm>

#include "experiment/designed.h"
#include "staircase/experiment/pilot.h"
#include "support/catch.h"
#include "support/refusal.h"

namespace looks_test {

using namespace staircase;
using namespace staircase::experiment;
using tests::four_steps;

namespace {

std::string said_of(const config::Json& extra, const std::string& design = "cumulative") {
  return tests::refusal([&] { resolve_experiment(four_steps(design, extra), "x.json"); });
}

}  // namespace

TEST_CASE("Each look waits for a third more seeds, and all share the error by the seeds they add", "[experiment]") {
  std::vector<int64_t> seeds;
  double shares = 0;
  for (const Look& look : looks_of({0.5, 20, 3})) {
    seeds.push_back(look.seeds);
    shares += look.share;
  }
  CHECK(seeds == std::vector<int64_t>{3, 4, 6, 8, 11, 15, 20});
  CHECK(shares == Approx(1));
  CHECK(looks_of({0.5, 20, 3})[2].share == Approx(2.0 / 20));
  CHECK(seeds_of_next_look({0.5, 20, 3}, 1) == 3);
  CHECK(seeds_of_next_look({0.5, 20, 3}, 8) == 11);
  CHECK_FALSE(seeds_of_next_look({0.5, 20, 3}, 20));
  CHECK(extended_seeds({4, 0}, 4) == std::vector<int64_t>{4, 0, 5, 6});
}

TEST_CASE("The first look is that of the file's seeds, and stays where an experiment keeps it", "[experiment]") {
  const Experiment experiment = resolve_experiment(
      four_steps("one_at_a_time", {{"seeds", {0, 1, 2, 3}}, {"until", {{"shown", 1}, {"at_most_seeds", 9}}}}),
      "x.json");
  CHECK(experiment.options.until->first_look == 4);
  config::Json kept = write_experiment(experiment);
  kept["seeds"] = {0, 1, 2, 3, 4, 5, 6, 7, 8};
  CHECK(resolve_experiment(kept, "x.json").options.until->first_look == 4);
  CHECK(resolve_experiment(four_steps("cumulative", {{"until", {{"shown", 1}}}}), "x.json").options.until->first_look ==
        3);
}

TEST_CASE("What leaves no seeds to add, or no difference to show, is refused", "[experiment]") {
  const config::Json three = {{"seeds", {0, 1, 2}}, {"until", {{"at_most_seeds", 3}}}};
  CHECK_THAT(said_of(three),
             ContainsSubstring("/until/at_most_seeds: is 3, but /seeds holds 3 already: there are no seeds to add"));
  CHECK_THAT(said_of({{"until", {{"shown", 0}}}}), ContainsSubstring("/until/shown: found 0"));
  CHECK_THAT(said_of({{"until", {{"first_look", 1}}}}), ContainsSubstring("one seed shows nothing"));
  CHECK_THAT(said_of({{"until", {{"first_look", 30}}}}), ContainsSubstring("/until/first_look is 30"));
  CHECK_THAT(said_of({{"until", {{"shown", 1}}}}, "shapley"),
             ContainsSubstring("/until: goes with /design cumulative"));
}

TEST_CASE("A pilot is two rows of the experiment with three seeds", "[experiment]") {
  const Experiment whole =
      resolve_experiment(tests::with_requires(four_steps("pairwise", {{"seeds", {7}}}), 0, {"layer"}), "x.json");
  const Experiment pilot = pilot_of(whole);
  CHECK(pilot.options.name == "four-pilot");
  CHECK(pilot.options.seeds == std::vector<int64_t>{7, 8, 9});
  const DesignedExperiment rows = design_variants(pilot, 10, 3), all = design_variants(whole, 10, 3);
  CHECK(tests::row_names(rows) == std::vector<std::string>{"base", "layer"});  // gelu needs it
  const std::vector<std::string> names = tests::row_names(all);
  const auto layer = std::find(names.begin(), names.end(), "layer") - names.begin();
  CHECK(rows.variants[1].configuration == all.variants.at(static_cast<size_t>(layer)).configuration);
  config::Json checked = four_steps("one_at_a_time");
  const config::Json again = {{"name", "again"}, {"set", {{"/recipe/data_order_seed", 1}}}};
  checked["steps"].insert(checked["steps"].begin(), again);
  const DesignedExperiment asked = design_variants(pilot_of(resolve_experiment(checked, "x.json")), 10, 3);
  CHECK(tests::row_names(asked) == std::vector<std::string>{"base", "gelu"});  // the check tells no difference
  checked["steps"] = config::Json::array({again});
  CHECK_THAT(tests::refusal([&] { pilot_of(resolve_experiment(checked, "x.json")); }),
             ContainsSubstring("/steps: there is no difference to look for"));
  config::Json single = four_steps("cumulative");
  single["kind"] = "single";
  single.erase("steps");
  CHECK_THAT(tests::refusal([&] { pilot_of(resolve_experiment(single, "x.json")); }),
             ContainsSubstring("there is no difference"));
}

}  // namespace looks_test
