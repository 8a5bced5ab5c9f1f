#pragma once

#include <string>

#include "staircase/analysis/rows.h"

namespace staircase::report {

// What stands in one cell of a table.

/// "kernel_size 3 -> 7", several with commas.
std::string change_text(const std::vector<analysis::Change>& changes);
/// "1.57M".
std::string count_text(double value);
/// "71.25 ± 0.31", or without a spread; nothing where there is none.
std::string spread_text(const analysis::Spread* spread);
/// "+1.50".
std::string signed_text(double value);
/// "+1.50 [+0.20, +2.80]", "+1.50" of one seed, "?" of none.
std::string difference_text(const std::optional<analysis::Difference>& difference);
/// The verdict of a difference; nothing where there is none.
std::string verdict_text(const std::optional<analysis::Difference>& difference);
/// "training 12, validation 1": images of the row's data that could not be decoded, the most that a seed met; nothing
/// where there are none.
std::string bad_images_text(const analysis::Row& row);
/// One of the two numbers, "bad_images" or "bad_val_images"; nothing where no seed has it.
std::string bad_images_text(const analysis::Row& row, const std::string& number);
/// A number as JSON writes it; nothing where there is none.
std::string number_text(const std::optional<double>& number);

}  // namespace staircase::report
