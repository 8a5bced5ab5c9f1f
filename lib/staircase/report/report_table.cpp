#include "staircase/report/report_table.h"

#include <algorithm>

#include "staircase/analysis/differences.h"
#include "staircase/base/text.h"
#include "staircase/report/cells.h"
#include "staircase/report/effect_table.h"

namespace staircase::report {
namespace {

using config::Json;

std::string paper_text(const Json& row) {
  if (!row["paper_top1"].is_number()) return "";
  std::string text = decimals(row["paper_top1"].get<double>(), 2);
  if (row["paper_std"].is_number()) text += " ± " + decimals(row["paper_std"].get<double>(), 2);
  return text;
}

/// Three digits: a clock gives no more.
std::string latency_text(const Json& row) {
  const Json latency_ms = row.value("latency_ms", Json());
  if (!latency_ms.is_number()) return "";
  const double value = latency_ms.get<double>();
  return decimals(value, value < 10 ? 2 : value < 100 ? 1 : 0);
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
  table.header = {ladder ? "rung" : "name",
                  "change",
                  "params",
                  "MACs",
                  "top-1 raw",
                  "top-1 EMA",
                  "delta",
                  "verdict",
                  "test top-1",
                  "images/s",
                  "latency (ms)",
                  "drop path",
                  "paper top-1",
                  "runs"};
  table.right = {false, false, true, true, true, true, true, false, true, true, true, true, true, false};
  const bool shows_rate = results["kind"] == "comparison";
  // A row of many steps is named by them; their changes stand in the table of effects.
  const bool shows_change = results["design"] != "shapley" && results["design"] != "pairwise";
  for (const Json& row : results["rows"]) {
    const bool side = row["side_branch"].get<bool>();
    const char* test = results["score"] == "top1_ema" ? "test_top1_ema" : "test_top1";
    table.rows.push_back({(side ? "  (" : "") + row["name"].get<std::string>() + (side ? ")" : ""),
                          shows_change ? change_text(row["changes"]) : "", count_text(row["params"].get<double>()),
                          count_text(row["macs"].get<double>()), spread_text(row, "top1"), spread_text(row, "top1_ema"),
                          row.contains("delta") ? difference_text(row["delta"]) : "",
                          row.contains("delta") ? verdict_text(row["delta"]) : "", spread_text(row, test),
                          row.contains("images_per_second") ? decimals(row["images_per_second"].get<double>(), 0) : "",
                          latency_text(row), shows_rate ? decimals(row["drop_path_rate"].get<double>(), 2) : "",
                          paper_text(row), status_text(row)});
  }
  drop_empty_columns(table);
  return table;
}

TextTable subtotal_table(const Json& results) {
  TextTable table{{"part", "delta", "verdict", "paper"}, {false, true, false, true}, {}};
  const auto add = [&](const Json& list, const std::string& prefix) {
    for (const Json& sum : list)
      table.rows.push_back({prefix + sum["group"].get<std::string>(),
                            // Where seeds are missing the sum of the rows' deltas is not the mean of whole sums.
                            sum["delta"].is_number() ? difference_text(sum["difference"]) : "?",
                            sum["delta"].is_number() ? verdict_text(sum["difference"]) : "",
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
    for (const Json& column : across["values"]) {
      line.emplace_back();  // stays empty where a requirement leaves the combination out
      for (const Json& row : results["rows"])
        if (row["cell"] == Json::array({value, column})) line.back() = spread_text(row, "score");
    }
    table.rows.push_back(line);
  }
  return table;
}

std::vector<std::string> failure_lines(const Json& results) {
  std::vector<std::string> lines;
  for (const Json& row : results["rows"])
    for (const Json& seed : row["seeds"])
      if (seed["status"] == "failed")
        lines.push_back(row["name"].get<std::string>() + ", seed " + seed["seed"].dump() + ": " +
                        seed["reason"].get<std::string>());
  return lines;
}

std::vector<std::string> notes(const Json& results) {
  std::vector<std::string> lines;
  lines.push_back("Rows are compared by the last epoch's top-1 of the " + results["score_reason"].get<std::string>() +
                  ".");
  const size_t seeds = results["seeds"].size();
  if (seeds == 1) {
    lines.push_back("one seed: no spread known");
  } else {
    lines.push_back(std::to_string(seeds) +
                    " seeds: mean ± standard deviation; a difference is the mean over pairs "
                    "of equal seed [with its 95 % interval by Student's t]");
    lines.push_back(std::string("\"") + analysis::no_difference_shown +
                    "\": p is 0.05 or more after Holm's correction for all differences of a table; so it is wherever "
                    "the interval contains 0, and for some intervals that do not");
  }
  for (const std::string& note : effect_notes(results)) lines.push_back(note);
  const auto runs = results["runs"].get<int64_t>(), done = results["done"].get<int64_t>();
  if (done < runs) lines.push_back(std::to_string(done) + " of " + std::to_string(runs) + " runs are done");
  return lines;
}

}  // namespace staircase::report
