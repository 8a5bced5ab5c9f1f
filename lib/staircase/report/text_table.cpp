#include "staircase/report/text_table.h"

#include <algorithm>

#include "staircase/base/printable.h"

namespace staircase::report {
namespace {

std::string padded(const std::string& text, size_t width, bool right) {
  const std::string space(width - std::min(width, text_columns(text)), ' ');
  return right ? space + text : text + space;
}

}  // namespace

void drop_empty_columns(TextTable& table) {
  for (size_t column = table.header.size(); column-- > 0;) {
    bool empty = true;
    for (const auto& row : table.rows) empty = empty && row[column].empty();
    if (!empty) continue;
    table.header.erase(table.header.begin() + static_cast<long>(column));
    table.right.erase(table.right.begin() + static_cast<long>(column));
    for (auto& row : table.rows) row.erase(row.begin() + static_cast<long>(column));
  }
}

size_t text_columns(const std::string& text) {
  // Continuation bytes take none.
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string terminal_table(const TextTable& given, const std::vector<std::string>& extra) {
  TextTable table = given;
  const auto make_printable = [](std::vector<std::string>& cells) {
    for (std::string& cell : cells) cell = printable(cell);
  };
  make_printable(table.header);
  for (auto& row : table.rows) make_printable(row);
  std::vector<size_t> widths(table.header.size());
  const auto widen = [&](const std::vector<std::string>& cells) {
    for (size_t i = 0; i < cells.size(); ++i) widths[i] = std::max(widths[i], text_columns(cells[i]));
  };
  widen(table.header);
  for (const auto& row : table.rows) widen(row);
  const auto line = [&](const std::vector<std::string>& cells) {
    std::string text;
    for (size_t i = 0; i < cells.size(); ++i) text += (i ? "  " : "") + padded(cells[i], widths[i], table.right[i]);
    return text;
  };
  const auto trimmed = [](std::string text) {
    text.erase(text.find_last_not_of(' ') + 1);
    return text + "\n";
  };
  std::string text = trimmed(line(table.header));
  for (size_t i = 0; i < table.rows.size(); ++i)
    text += trimmed(line(table.rows[i]) + (i < extra.size() ? "  " + extra[i] : ""));
  return text;
}

}  // namespace staircase::report
