#pragma once

#include <string>
#include <vector>

namespace staircase::report {

/// A table of texts, the same for markdown and terminal.
struct TextTable {
  std::vector<std::string> header;
  std::vector<bool> right;  ///< columns of numbers
  std::vector<std::vector<std::string>> rows;
};

/// Leaves out the columns that no row fills.
void drop_empty_columns(TextTable& table);

/// The table in aligned columns, a line a row, control characters escaped; `extra` is put behind each row.
std::string terminal_table(const TextTable& table, const std::vector<std::string>& extra = {});
/// Columns that a terminal needs for an UTF-8 text.
size_t text_columns(const std::string& text);

}  // namespace staircase::report
