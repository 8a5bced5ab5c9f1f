#include "staircase/analysis/subtotals.h"

#include <algorithm>

#include "staircase/analysis/differences.h"

namespace staircase::analysis {
namespace {

using config::Json;

struct Sum {
  std::string group;
  double delta = 0, paper = 0;
  bool whole = true, paper_whole = true;
  bool begun = false;
  SeedNumbers by_seed;
};

const Json* row_named(const Json& results, const std::string& name) {
  for (const Json& row : results["rows"])
    if (row["name"] == name) return &row;
  return nullptr;
}

void add_row(Sum& sum, const Json& results, const Json& row) {
  if (row["delta"].is_object()) sum.delta += row["delta"]["mean"].get<double>();
  else sum.whole = false;
  if (row.contains("paper_delta")) sum.paper += row["paper_delta"].get<double>();
  else sum.paper_whole = false;
  const auto score = results["score"].get<std::string>();
  const Json* before = row_named(results, row["delta_to"].get<std::string>());
  const SeedNumbers deltas =
      before ? paired_differences(row_scores(row, score), row_scores(*before, score)) : SeedNumbers{};
  SeedNumbers together;
  for (const auto& [seed, delta] : deltas)
    if (!sum.begun || sum.by_seed.count(seed)) together[seed] = delta + (sum.begun ? sum.by_seed[seed] : 0.0);
  sum.by_seed = together;
  sum.begun = true;
}

Json write(const std::vector<Sum>& sums) {
  Json written = Json::array();
  for (const Sum& sum : sums) {
    if (!sum.begun) continue;  // an ablation of the recipe has no step of architecture
    written.push_back({{"group", sum.group},
                       {"delta", sum.whole ? Json(sum.delta) : Json(nullptr)},
                       {"paper_delta", sum.paper_whole ? Json(sum.paper) : Json(nullptr)},
                       {"difference", difference_json(values_of(sum.by_seed))}});
  }
  std::vector<Json*> differences;
  for (Json& each : written) differences.push_back(&each["difference"]);
  judge_together(differences);
  return written;
}

bool edits_recipe(const Json& row) {
  return std::any_of(row["changes"].begin(), row["changes"].end(),
                     [](const Json& change) { return change["pointer"].get<std::string>().starts_with("/recipe"); });
}

}  // namespace

void add_subtotals(const config::ExperimentOptions& options, Json& results) {
  if (options.kind != config::ExperimentKind::ablation || options.design != config::Design::cumulative) return;
  std::vector<Sum> groups, kinds{{"recipe"}, {"architecture"}};
  bool any_recipe = false;
  for (const Json& row : results["rows"]) {
    if (!row.contains("delta") || row["side_branch"].get<bool>()) continue;
    const bool recipe = edits_recipe(row);
    any_recipe = any_recipe || recipe;
    add_row(kinds[recipe ? 0 : 1], results, row);
    const auto group = row["group"].get<std::string>();
    if (group.empty()) continue;
    auto sum = std::find_if(groups.begin(), groups.end(), [&](const Sum& each) { return each.group == group; });
    if (sum == groups.end()) sum = groups.insert(groups.end(), Sum{group});
    add_row(*sum, results, row);
  }
  if (!groups.empty()) results["subtotals"] = write(groups);
  if (any_recipe) results["recipe_and_architecture"] = write(kinds);
}

}  // namespace staircase::analysis
