#pragma once

#include <string>

#include "staircase/config/json.h"

namespace staircase::report {

// What stands in one cell of a table, from pieces of results.json.

/// "kernel_size 3 -> 7", several with commas.
std::string change_text(const config::Json& changes);
/// "1.57M".
std::string count_text(double value);
/// "71.25 ± 0.31", or without a spread; nothing where the row has no such key.
std::string spread_text(const config::Json& row, const char* key);
/// "+1.50".
std::string signed_text(double value);
/// "+1.50 [+0.20, +2.80]", "+1.50" of one seed, "?" of none. Reads "mean", or "value" of an effect.
std::string difference_text(const config::Json& difference);
/// The verdict of a difference; nothing where there is none.
std::string verdict_text(const config::Json& difference);

}  // namespace staircase::report
