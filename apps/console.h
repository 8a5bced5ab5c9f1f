#pragma once

#include <string>
#include <vector>

#include "staircase/config/json.h"

namespace staircase::apps {

/// Prints one JSON value on stdout.
void print_json(const config::Json& value);

/// Prints a table on stdout; `right`: columns of numbers, aligned at their right.
void print_table(const std::vector<std::string>& header, const std::vector<bool>& right,
                 const std::vector<std::vector<std::string>>& rows);

/// Prints "warning: TEXT" on stderr, a line each, control characters escaped.
void print_warning(const std::string& text);
void print_warnings(const std::vector<std::string>& warnings);

/// Columns of the terminal behind stdout, 100 where there is none.
int terminal_width();

/// "0:42", "12:07", "3:25:00".
std::string clock_text(double seconds);

/// 4089184256 -> "4.089 G".
std::string giga(int64_t macs);

}  // namespace staircase::apps
