#pragma once

#include <string>
#include <vector>

#include "staircase/plan/plan.h"

namespace staircase::apps {

/// Adds a column of MACs to a table; where a row has attention also one of its products and one of the sum.
/// counts: one for each row.
void add_macs_columns(std::vector<std::string>& header, std::vector<bool>& right,
                      std::vector<std::vector<std::string>>& rows, const std::vector<plan::ModelCounts>& counts);

}  // namespace staircase::apps
