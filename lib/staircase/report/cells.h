#pragma once

#include <string>

#include "staircase/analysis/rows.h"

namespace staircase::report {

// What stands in one cell of a table.

/// "kernel_size 3 -> 7", several with commas.
std::string change_text(const std::vector<analysis::Change>& changes);
/// "1.57M".
std::string count_text(double value);
/// A number with the digits that its uncertainty leaves it: one of `half_width`, two where that begins with 1.
/// 71.2531 with 0.42 is "71.3", with 0.14 "71.25", with 12 "71".
std::string rounded(double value, double half_width);
/// "71.3 ± 0.3", with the digits of its interval, or without a spread "71.25", of so many; nothing where there is none.
std::string spread_text(const analysis::Spread* spread, int digits = 2);
/// "+1.50".
std::string signed_text(double value, double half_width = 0);
/// "+1.5 [+0.2, +2.8]", with the digits of the interval; "+1.50" without one. Nothing of one seed, whose difference is
/// noise; "?" of none.
std::string difference_text(const std::optional<analysis::Difference>& difference);
/// The verdict of a difference, "one seed" where there is no more; nothing where there is none.
std::string verdict_text(const std::optional<analysis::Difference>& difference);
/// "training 12, validation 1": images of the row's data that could not be decoded, the most that a seed met; nothing
/// where there are none.
std::string bad_images_text(const analysis::Row& row);
/// One of the two numbers, "bad_images" or "bad_val_images"; nothing where no seed has it.
std::string bad_images_text(const analysis::Row& row, const std::string& number);
/// A number as JSON writes it; nothing where there is none.
std::string number_text(const std::optional<double>& number);

}  // namespace staircase::report
