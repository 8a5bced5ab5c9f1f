#include "staircase/lab/report_table.h"

#include <algorithm>

#include "staircase/base/text.h"

namespace staircase::lab {
namespace {

using config::Json;

std::string plain(const Json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

/// "kernel_size 3 -> 7".
std::string change_text(const Json& row) {
  std::vector<std::string> parts;
  for (const Json& change : row["changes"]) {
    const auto pointer = change["pointer"].get<std::string>();
    const std::string field = pointer.substr(pointer.rfind('/') + 1);
    parts.push_back(field + " " + plain(change["from"]) + " -> " + plain(change["to"]));
  }
  return join(parts);
}

std::string count_text(double value) {
  if (value >= 1e9) return decimals(value / 1e9, 2) + "G";
  if (value >= 1e6) return decimals(value / 1e6, 2) + "M";
  if (value >= 1e3) return decimals(value / 1e3, 1) + "k";
  return decimals(value, 0);
}

/// "71.25 ± 0.31", or without a spread.
std::string spread_text(const Json& row, const char* key) {
  if (!row.contains(key) || !row[key].is_object()) return "";
  const Json& spread = row[key];
  std::string text = decimals(spread["mean"].get<double>(), 2);
  if (spread["std"].is_number()) text += " ± " + decimals(spread["std"].get<double>(), 2);
  return text;
}

std::string signed_text(double value) { return (value < 0 ? "" : "+") + decimals(value, 2); }

std::string delta_text(const Json& row) {
  if (!row.contains("delta")) return "";
  if (!row["delta"].is_object()) return "?";
  const Json& delta = row["delta"];
  std::string text = signed_text(delta["mean"].get<double>());
  if (delta["std"].is_number()) text += " ± " + decimals(delta["std"].get<double>(), 2);
  return text;
}

std::string paper_text(const Json& row) {
  if (!row["paper_top1"].is_number()) return "";
  std::string text = decimals(row["paper_top1"].get<double>(), 2);
  if (row["paper_std"].is_number()) text += " ± " + decimals(row["paper_std"].get<double>(), 2);
  return text;
}

std::string status_text(const Json& row) {
  int done = 0, failed = 0;
  for (const Json& seed : row["seeds"]) {
    done += seed["status"] == "done";
    failed += seed["status"] == "failed";
  }
  const int all = static_cast<int>(row["seeds"].size());
  if (failed > 0) return std::to_string(failed) + " failed";
  return done == all ? "" : std::to_string(done) + " of " + std::to_string(all);
}

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

std::string padded(const std::string& text, size_t width, bool right) {
  const std::string space(width - std::min(width, text_columns(text)), ' ');
  return right ? space + text : text + space;
}

}  // namespace

size_t text_columns(const std::string& text) {
  // Continuation bytes take none.
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string terminal_table(const TextTable& table, const std::vector<std::string>& extra) {
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

TextTable main_table(const Json& results) {
  const bool ladder = results["kind"] == "ablation";
  TextTable table;
  table.header = {ladder ? "rung" : "name", "change", "params", "MACs", "top-1 raw", "top-1 EMA", "delta", "test top-1",
                  "images/s", "drop path", "paper top-1", "runs"};
  table.right = {false, false, true, true, true, true, true, true, true, true, true, false};
  const bool shows_rate = results["kind"] == "comparison";
  for (const Json& row : results["rows"]) {
    const bool side = row["side_branch"].get<bool>();
    const char* test = results["score"] == "top1_ema" ? "test_top1_ema" : "test_top1";
    table.rows.push_back({(side ? "  (" : "") + row["name"].get<std::string>() + (side ? ")" : ""), change_text(row),
                          count_text(row["params"].get<double>()), count_text(row["macs"].get<double>()),
                          spread_text(row, "top1"), spread_text(row, "top1_ema"), delta_text(row), spread_text(row, test),
                          row.contains("images_per_second") ? decimals(row["images_per_second"].get<double>(), 0) : "",
                          shows_rate ? decimals(row["drop_path_rate"].get<double>(), 2) : "", paper_text(row),
                          status_text(row)});
  }
  drop_empty_columns(table);
  return table;
}

TextTable subtotal_table(const Json& results) {
  TextTable table{{"part", "delta", "paper"}, {false, true, true}, {}};
  const auto add = [&](const Json& list, const std::string& prefix) {
    for (const Json& sum : list)
      table.rows.push_back({prefix + sum["group"].get<std::string>(),
                            sum["delta"].is_number() ? signed_text(sum["delta"].get<double>()) : "?",
                            sum["paper_delta"].is_number() ? signed_text(sum["paper_delta"].get<double>()) : ""});
  };
  if (results.contains("subtotals")) add(results["subtotals"], "");
  if (results.contains("recipe_and_architecture")) add(results["recipe_and_architecture"], "all ");
  drop_empty_columns(table);
  return table;
}

TextTable grid_table(const Json& results) {
  TextTable table;
  if (!results.contains("grid")) return table;
  const Json& down = results["grid"]["axes"][0];
  const Json& across = results["grid"]["axes"][1];
  table.header = {down["pointer"].get<std::string>()};
  table.right = {false};
  for (const Json& value : across["values"]) {
    table.header.push_back(value.get<std::string>());
    table.right.push_back(true);
  }
  for (const Json& value : down["values"]) {
    std::vector<std::string> line{value.get<std::string>()};
    for (const Json& column : across["values"])
      for (const Json& row : results["rows"])
        if (row["cell"] == Json::array({value, column})) line.push_back(spread_text(row, "score"));
    table.rows.push_back(line);
  }
  return table;
}

std::vector<std::string> failure_lines(const Json& results) {
  std::vector<std::string> lines;
  for (const Json& row : results["rows"])
    for (const Json& seed : row["seeds"])
      if (seed["status"] == "failed")
        lines.push_back(row["name"].get<std::string>() + ", seed " + seed["seed"].dump() + ": " + seed["reason"].get<std::string>());
  return lines;
}

std::vector<std::string> notes(const Json& results) {
  std::vector<std::string> lines;
  lines.push_back("Rows are compared by the last epoch's top-1 of the " + results["score_reason"].get<std::string>() + ".");
  const size_t seeds = results["seeds"].size();
  lines.push_back(seeds == 1 ? "one seed: no spread known" : std::to_string(seeds) + " seeds: mean ± standard deviation");
  const auto runs = results["runs"].get<int64_t>(), done = results["done"].get<int64_t>();
  if (done < runs) lines.push_back(std::to_string(done) + " of " + std::to_string(runs) + " runs are done");
  return lines;
}

}  // namespace staircase::lab
