#pragma once

#include <string>
#include <vector>

#include "staircase/config/json.h"

namespace staircase::report {

/// A table of texts, the same for markdown and terminal.
struct TextTable {
  std::vector<std::string> header;
  std::vector<bool> right;  ///< columns of numbers
  std::vector<std::vector<std::string>> rows;
};

/// Leaves out the columns that no row fills.
void drop_empty_columns(TextTable& table);

/// The table in aligned columns, a line a row; `extra` is put behind each row.
std::string terminal_table(const TextTable& table, const std::vector<std::string>& extra = {});
/// Columns that a terminal needs for an UTF-8 text.
size_t text_columns(const std::string& text);

/// Rung, change, parameters, MACs, top-1 of raw and EMA weights, delta with interval and verdict, images/s,
/// latency of one image, the paper's number.
/// Columns that no row fills are left out.
TextTable main_table(const config::Json& results);
/// Groups and recipe against architecture; no rows where the design has none.
TextTable subtotal_table(const config::Json& results);
/// A grid of two axes; no rows for other designs.
TextTable grid_table(const config::Json& results);
/// Seed by seed: what failed and why.
std::vector<std::string> failure_lines(const config::Json& results);
/// What must be said of the numbers: the score's choice, the number of seeds, missing runs.
std::vector<std::string> notes(const config::Json& results);

}  // namespace staircase::report
