#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace staircase {

/// The candidate that a misspelt name most likely meant: the one with the smallest edit distance,
/// if that is at most a third of the name's length (at least 2); otherwise empty.
std::string nearest_name(std::string_view name, const std::vector<std::string>& candidates);

/// "a, b, c".
std::string join(const std::vector<std::string>& parts, std::string_view separator = ", ");

/// printf-style number: `decimals(76.129, 2)` is "76.13".
std::string decimals(double value, int digits);

/// 25557032 -> "25,557,032".
std::string grouped_digits(long long value);

/// The last `digits` (16 at most) hexadecimal digits: `hexadecimal(48879, 8)` is "0000beef".
std::string hexadecimal(unsigned long long value, int digits);

/// ` (did you mean "layer"?)` or nothing, for the end of an error message.
std::string did_you_mean(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace staircase
