#pragma once

#include <string>
#include <vector>

#include "staircase/analysis/results.h"

namespace staircase::report {

/// What must be said of the numbers: the score's choice, the number of seeds, missing runs, rows made otherwise than
/// the others.
std::vector<std::string> notes(const analysis::Results& results);

}  // namespace staircase::report
