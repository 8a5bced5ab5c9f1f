#include "staircase/report/report.h"

#include <algorithm>

#include "staircase/analysis/score.h"
#include "staircase/base/files.h"
#include "staircase/base/printable.h"
#include "staircase/base/text.h"
#include "staircase/report/answer.h"
#include "staircase/report/cells.h"
#include "staircase/report/classes.h"
#include "staircase/report/context_table.h"
#include "staircase/report/csv.h"
#include "staircase/report/effect_table.h"
#include "staircase/report/notes.h"
#include "staircase/report/origin.h"
#include "staircase/report/report_html.h"
#include "staircase/report/report_table.h"
#include "staircase/report/training.h"
#include "staircase/report/use.h"

namespace staircase::report {
namespace {

using analysis::Results;
using analysis::Row;

std::string markdown_table(const TextTable& table) {
  const auto line = [](const std::vector<std::string>& cells) {
    std::string text = "|";
    for (const std::string& each : cells) {
      std::string cell = printable(each);
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

/// Where bars start: what a network reaches that has learned nothing.
double bars_start(const Results& results) { return results.chance.chance.value_or(0.0); }

/// Of the number that bars are drawn of; where no row has one, false.
bool is_all_at_chance(const Results& results) {
  bool any = false, all = true;
  for (const Row& row : results.rows) {
    any = any || row.score;
    all = all && (!row.score || row.at_chance);
  }
  return any && all;
}

std::string bars_note(const Results& results) {
  if (is_all_at_chance(results))
    return std::string("no bars: every row") + (results.of_average ? "'s average" : "") + " is at chance";
  return "bars start at " + decimals(bars_start(results), 2) + (results.chance.chance ? ", chance" : "");
}

/// A bar a row from the start of all to its score; the highest is `width` long. None: no row is above chance.
std::vector<std::string> bars(const Results& results, size_t width) {
  const double start = bars_start(results);
  double highest = start;
  for (const Row& row : results.rows)
    if (row.score) highest = std::max(highest, row.score->mean);
  std::vector<std::string> list;
  if (highest <= start || is_all_at_chance(results)) return list;
  if (!results.task->primary_metric().higher_is_better) return list;  // the longest would be the worst
  for (const Row& row : results.rows) {
    list.emplace_back();
    const double share = row.score ? (row.score->mean - start) / (highest - start) : 0;
    if (share <= 0) continue;
    // What is above the start shows.
    const auto length = std::max<size_t>(1, static_cast<size_t>(share * static_cast<double>(width) + 0.5));
    for (size_t i = 0; i < length; ++i) list.back() += "█";
  }
  return list;
}

/// Everything beside the main table, where the design has it.
std::vector<TextTable> further_tables(const Results& results) {
  std::vector<TextTable> tables;
  for (TextTable table :
       {context_table(results), tuned_table(results), effect_table(results), interaction_table(results),
        interaction_matrix(results), grid_table(results), subtotal_table(results)})
    if (!table.rows.empty()) tables.push_back(std::move(table));
  return tables;
}

/// A file that the design has, or none left over from another design.
void write_or_remove(const std::filesystem::path& file, const std::string& text) {
  std::error_code ignored;
  if (text.empty()) std::filesystem::remove(file, ignored);
  else write_file_atomically(file, text);
}

std::vector<std::string> csv_cells(const Row& row, const config::TaskMetrics& task) {
  std::vector<std::string> changes;
  for (const analysis::Change& change : row.changes)
    changes.push_back(change.pointer + ": " + change.from.dump() + " -> " + change.to.dump());
  const auto mean = [](const auto& spread) { return spread ? number_text(spread->mean) : ""; };
  const auto std_of = [](const auto& spread) { return spread ? number_text(spread->std) : ""; };
  const std::optional<analysis::Difference> delta = row.delta ? row.delta->difference : std::nullopt;
  const auto bound = [&](double analysis::Interval::*end) {
    return delta && delta->interval ? number_text((*delta->interval).*end) : "";
  };
  const analysis::Spread* raw = row.spread(analysis::score_name(task, false));
  const analysis::Spread* average = row.spread(analysis::score_name(task, true));
  return {row.name,
          row.group,
          join(changes, "; "),
          row.side_branch ? "yes" : "no",
          row.recipe,
          std::to_string(row.params),
          std::to_string(row.macs),
          row.score ? std::to_string(row.score->count) : "",
          mean(raw),
          std_of(raw),
          mean(average),
          std_of(average),
          mean(delta),
          row.delta ? row.delta->to : "",
          number_text(row.images_per_second),
          number_text(row.paper_top1),
          number_text(row.paper_std),
          bound(&analysis::Interval::low),
          bound(&analysis::Interval::high),
          delta ? number_text(delta->p_holm) : "",
          verdict_text(delta),
          number_text(row.latency_ms),
          bad_images_text(row, "bad_images"),
          bad_images_text(row, "bad_val_images")};
}

std::string markdown_list(const std::vector<std::string>& lines, const std::string& start = "") {
  std::string text;
  for (const std::string& line : lines) text += "- " + start + printable(line) + "\n";
  return text;
}

std::string classes_markdown(const Classes& classes) {
  std::string text;
  for (const TitledTable& each : class_tables(classes))
    text += "\n" + printable(each.title) + "\n\n" + markdown_table(each.table);
  return text.empty() ? text : "\n## Classes\n" + text;
}

}  // namespace

std::string report_markdown(const Results& results, const ReportData* data) {
  std::string text = "# " + printable(results.name) + "\n\n";
  for (const std::string& line : answer_lines(results)) text += "**" + printable(line) + ".**\n\n";
  if (!results.description.empty()) text += printable(results.description, true) + "\n\n";
  std::vector<std::string> lines = notes(results);
  if (const std::string line = data ? best_weights_line(results, data->folder) : ""; !line.empty())
    lines.push_back(line);
  if (const std::string warnings = markdown_list(results.warnings, "Warning: "); !warnings.empty())
    text += warnings + "\n";
  text += markdown_table(main_table(results));
  for (const TextTable& table : further_tables(results)) text += "\n" + markdown_table(table);
  text += "\n## How to read the numbers\n\n" + markdown_list(lines);
  if (data) text += classes_markdown(data->classes);
  if (const auto failures = failure_lines(results); !failures.empty())
    text += "\n## Failed runs\n\n" + markdown_list(failures);
  if (data)
    text += "\n## Training\n\n" + markdown_list(data_lines(data->trained), "Data: ") +
            markdown_list(recipe_lines(data->trained), "Recipe: ") + "\n" +
            markdown_table(training_table(data->trained)) + "\n## Cost\n\n" + markdown_table(cost_table(results)) +
            "\n## Machine and versions\n\n" + markdown_table(origin_table(results)) + "\n## Runs\n\n" +
            markdown_table(run_table(results, data->folder));
  return text;
}

std::string report_csv(const Results& results) {
  const std::string score(results.task->primary_metric().name);
  std::string text = "name,group,changes,side_branch,recipe,params,macs,seeds,";
  for (const char* number : {"_mean", "_std", "_ema_mean", "_ema_std"}) text += score + number + ",";
  text +=
      "delta,delta_to,images_per_second,paper_top1,paper_std,"
      "delta_low,delta_high,delta_p_holm,verdict,latency_ms,bad_images,bad_val_images\n";
  for (const Row& row : results.rows) text += csv_line(csv_cells(row, *results.task));
  return text;
}

std::string report_terminal(const Results& results, int width, const std::string& folder) {
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
  const std::vector<std::string> drawn = bars(results, std::clamp(room, shortest, longest));
  std::string text;
  for (const std::string& line : answer_lines(results)) text += printable(line) + ".\n";
  text += (text.empty() ? "" : "\n") + terminal_table(main, drawn);
  if (!drawn.empty() || is_all_at_chance(results)) text += bars_note(results) + "\n";
  for (const TextTable& table : further_tables(results)) text += "\n" + terminal_table(table);
  text += "\n";
  for (const std::string& note : notes(results)) text += printable(note) + "\n";
  for (const std::string& line : failure_lines(results)) text += "failed: " + printable(line) + "\n";
  if (const std::string line = folder.empty() ? "" : best_weights_line(results, folder); !line.empty())
    text += printable(line) + "\n";
  return text;
}

void write_reports(const std::filesystem::path& folder, const Results& results) {
  write_file_atomically(
      folder / "results.json",
      analysis::write_result(results).dump(2, ' ', false, config::Json::error_handler_t::replace) + "\n");
  write_file_atomically(folder / "results.csv", report_csv(results));
  write_or_remove(folder / "effects.csv", effects_csv(results));
  write_or_remove(folder / "interactions.csv", interactions_csv(results));
  const ReportData data = report_data(folder, results);
  write_file_atomically(folder / "report.md", report_markdown(data.results, &data));
  write_file_atomically(folder / "report.html", report_html({data}));
}

}  // namespace staircase::report
