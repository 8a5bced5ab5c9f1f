#include "staircase/analysis/a_a_checks.h"

#include "staircase/experiment/design.h"

namespace staircase::analysis {

bool is_a_a_check(const std::vector<Change>& changes) {
  return changes.size() == 1 && changes[0].pointer == experiment::a_a_field;
}

Given<std::vector<AaCheck>> a_a_checks(const std::vector<Row>& rows) {
  std::vector<AaCheck> checks;
  for (const Row& row : rows) {
    if (!row.delta || !row.delta->difference || !is_a_a_check(row.changes)) continue;
    AaCheck check{row.name, row.delta->to, *row.delta->difference, std::nullopt};
    if (const auto& interval = check.difference.interval)
      check.as_it_should_be = interval->low <= 0 && interval->high >= 0;
    checks.push_back(std::move(check));
  }
  Given<std::vector<AaCheck>> given;
  if (!checks.empty()) given = std::move(checks);
  return given;
}

}  // namespace staircase::analysis
