#include "staircase/analysis/judged.h"

namespace staircase::analysis {
namespace {

const Difference* given(const std::optional<Difference>& difference) { return difference ? &*difference : nullptr; }

}  // namespace

std::vector<JudgedDifference> judged_differences(const Results& results) {
  std::vector<JudgedDifference> all;
  if (!results.worth.effects) {
    for (const Row& row : results.rows)
      if (row.delta && !is_a_a_check(row.changes)) all.push_back({row.name, given(row.delta->difference), true});
    return all;
  }
  const auto& shapley = results.worth.shapley;
  for (const Effect& each : *results.worth.effects)
    if (const bool check = is_a_a_check(each.changes); shapley || !check)
      all.push_back({each.step, given(each.worth.difference), !check});
  if (shapley) all.push_back({"all together", given(shapley->gain), false});
  return all;
}

}  // namespace staircase::analysis
