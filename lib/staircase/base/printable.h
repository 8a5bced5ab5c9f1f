#pragma once

#include <string>
#include <string_view>

namespace staircase {

/// A text that came from a file, for a terminal or a report: control characters, which could move the cursor or change
/// what is shown, as escapes ("\u001b"); what is no UTF-8 as U+FFFD. `keep_lines`: a line feed stays what it is.
std::string printable(std::string_view text, bool keep_lines = false);

}  // namespace staircase
