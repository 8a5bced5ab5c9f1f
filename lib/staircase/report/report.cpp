#include "staircase/report/report.h"

#include <algorithm>

#include "staircase/base/files.h"
#include "staircase/base/text.h"
#include "staircase/report/cells.h"
#include "staircase/report/csv.h"
#include "staircase/report/effect_table.h"
#include "staircase/report/report_data.h"
#include "staircase/report/report_html.h"
#include "staircase/report/report_table.h"

namespace staircase::report {
namespace {

using config::Json;

std::string markdown_table(const TextTable& table) {
  const auto line = [](const std::vector<std::string>& cells) {
    std::string text = "|";
    for (std::string cell : cells) {
      for (size_t at = 0; (at = cell.find('|', at)) != std::string::npos; at += 2) cell.replace(at, 1, "\\|");
      text += " " + cell + " |";
    }
    return text + "\n";
  };
  std::vector<std::string> rule;
  for (bool right : table.right) rule.push_back(right ? "---:" : "---");
  std::string text = line(table.header) + line(rule);
  for (const auto& row : table.rows) text += line(row);
  return text;
}

/// A bar a row from the lowest score to the highest; the lowest still shows a tenth.
std::vector<std::string> bars(const Json& results, size_t width) {
  std::vector<double> scores;
  for (const Json& row : results["rows"])
    if (row["score"].is_object()) scores.push_back(row["score"]["mean"].get<double>());
  std::vector<std::string> list;
  if (scores.empty()) return list;
  const auto [low, high] = std::minmax_element(scores.begin(), scores.end());
  const double span = std::max(*high - *low, 1e-9);
  for (const Json& row : results["rows"]) {
    if (!row["score"].is_object()) {
      list.emplace_back();
      continue;
    }
    const double share = 0.1 + 0.9 * (row["score"]["mean"].get<double>() - *low) / span;
    std::string bar;
    for (size_t i = 0; i < static_cast<size_t>(share * static_cast<double>(width) + 0.5); ++i) bar += "█";
    list.push_back(bar);
  }
  return list;
}

/// Everything beside the main table, where the design has it.
std::vector<TextTable> further_tables(const Json& results) {
  std::vector<TextTable> tables;
  for (TextTable table : {effect_table(results), interaction_table(results), interaction_matrix(results),
                          grid_table(results), subtotal_table(results)})
    if (!table.rows.empty()) tables.push_back(std::move(table));
  return tables;
}

/// A file that the design has, or none left over from another design.
void write_or_remove(const std::filesystem::path& file, const std::string& text) {
  std::error_code ignored;
  if (text.empty()) std::filesystem::remove(file, ignored);
  else write_file_atomically(file, text);
}

}  // namespace

std::string report_markdown(const Json& results, const Json& data) {
  std::string text = "# " + results["name"].get<std::string>() + "\n\n";
  if (const auto description = results["description"].get<std::string>(); !description.empty())
    text += description + "\n\n";
  for (const std::string& note : notes(results)) text += "- " + note + "\n";
  for (const Json& warning : results.value("warnings", Json::array()))
    text += "- Warning: " + warning.get<std::string>() + "\n";
  text += "\n" + markdown_table(main_table(results));
  for (const TextTable& table : further_tables(results)) text += "\n" + markdown_table(table);
  const auto failures = failure_lines(results);
  if (!failures.empty()) text += "\n## Failed runs\n\n";
  for (const std::string& line : failures) text += "- " + line + "\n";
  if (data.is_object())
    text += "\n## Cost\n\n" + markdown_table(cost_table(data)) + "\n## Machine and versions\n\n" +
            markdown_table(origin_table(data));
  return text;
}

std::string report_csv(const Json& results) {
  std::string text =
      "name,group,changes,side_branch,recipe,params,macs,seeds,top1_mean,top1_std,top1_ema_mean,top1_ema_std,"
      "delta,delta_to,images_per_second,paper_top1,paper_std,"
      "delta_low,delta_high,delta_p_holm,verdict,latency_ms\n";
  const auto number = [](const Json& row, const char* key, const char* inner) -> std::string {
    if (!row.contains(key)) return "";
    const Json& value = inner && row[key].is_object() ? row[key][inner] : row[key];
    return value.is_number() ? value.dump() : "";
  };
  const auto bound = [](const Json& row, size_t end) -> std::string {
    const bool known = row.contains("delta") && row["delta"].is_object() && row["delta"]["interval"].is_array();
    return known ? row["delta"]["interval"][end].dump() : "";
  };
  for (const Json& row : results["rows"]) {
    std::vector<std::string> changes;
    for (const Json& change : row["changes"])
      changes.push_back(change["pointer"].get<std::string>() + ": " + change["from"].dump() + " -> " +
                        change["to"].dump());
    const std::vector<std::string> cells{row["name"].get<std::string>(),
                                         row["group"].get<std::string>(),
                                         join(changes, "; "),
                                         row["side_branch"].get<bool>() ? "yes" : "no",
                                         row["recipe"].get<std::string>(),
                                         row["params"].dump(),
                                         row["macs"].dump(),
                                         number(row, "score", "n"),
                                         number(row, "top1", "mean"),
                                         number(row, "top1", "std"),
                                         number(row, "top1_ema", "mean"),
                                         number(row, "top1_ema", "std"),
                                         number(row, "delta", "mean"),
                                         row.value("delta_to", std::string()),
                                         number(row, "images_per_second", nullptr),
                                         number(row, "paper_top1", nullptr),
                                         number(row, "paper_std", nullptr),
                                         bound(row, 0),
                                         bound(row, 1),
                                         number(row, "delta", "p_holm"),
                                         row.contains("delta") ? verdict_text(row["delta"]) : "",
                                         number(row, "latency_ms", nullptr)};
    text += csv_line(cells);
  }
  return text;
}

std::string report_terminal(const Json& results, int width) {
  const TextTable main = main_table(results);
  const std::string bare = terminal_table(main);
  size_t table_width = 0;
  for (size_t start = 0; start < bare.size();) {
    const size_t end = bare.find('\n', start);
    table_width = std::max(table_width, text_columns(bare.substr(start, end - start)));
    start = end + 1;
  }
  const size_t all = static_cast<size_t>(std::max(width, 20)), shortest = 10, longest = 30;
  const size_t room = all > table_width + 2 ? all - table_width - 2 : 0;
  std::string text = terminal_table(main, bars(results, std::clamp(room, shortest, longest)));
  for (const TextTable& table : further_tables(results)) text += "\n" + terminal_table(table);
  text += "\n";
  for (const std::string& note : notes(results)) text += note + "\n";
  for (const std::string& line : failure_lines(results)) text += "failed: " + line + "\n";
  return text;
}

void write_reports(const std::filesystem::path& folder, const Json& results) {
  write_file_atomically(folder / "results.json", results.dump(2) + "\n");
  write_file_atomically(folder / "results.csv", report_csv(results));
  write_or_remove(folder / "effects.csv", effects_csv(results));
  write_or_remove(folder / "interactions.csv", interactions_csv(results));
  const Json data = report_data(folder, results);
  write_file_atomically(folder / "report.md", report_markdown(results, data));
  write_file_atomically(folder / "report.html", report_html({data}));
}

}  // namespace staircase::report
