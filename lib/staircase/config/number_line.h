#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace staircase::config {

/// Reads the numbers under some keys of a line such as {"epoch": 3, "top1": 71.5, "note": "x"}: an object without
/// objects, lists and escapes in it, which logs are. `numbers` has a place for each key and takes NaN where there is
/// no number. False: the line is something else, or no JSON at all, which a complete parser has to say.
bool read_plain_numbers(std::string_view line, const std::vector<std::string>& keys, std::vector<double>& numbers);

}  // namespace staircase::config
