#include "staircase/report/context_table.h"

#include <algorithm>

#include "staircase/analysis/judged.h"
#include "staircase/analysis/score.h"
#include "staircase/base/counted.h"
#include "staircase/base/some_of.h"
#include "staircase/base/text.h"
#include "staircase/report/cells.h"

namespace staircase::report {
namespace {

using analysis::AcrossContexts;
using analysis::Difference;
using analysis::Results;
using analysis::Verdict;

/// "+3.10 [+1.00, +5.20] higher".
std::string whole_text(const std::optional<Difference>& difference) {
  const std::string verdict = verdict_text(difference);
  return difference_text(difference) + (verdict.empty() ? "" : " " + verdict);
}

std::optional<Verdict> verdict_of(const analysis::Worth& worth) {
  return worth.difference ? worth.difference->verdict : std::nullopt;
}

std::vector<std::string> contexts_with(const Results& results, const AcrossContexts& row, Verdict verdict) {
  std::vector<std::string> names;
  for (size_t c = 0; c < row.worth.size(); ++c)
    if (verdict_of(row.worth[c]) == verdict) names.push_back(results.contexts->contexts[c].name);
  return names;
}

/// "gelu: higher in all contexts", "gelu: higher in as written; at chance in long; not shown in 1 other".
std::string holds_text(const Results& results, const AcrossContexts& row) {
  const size_t all = results.contexts->contexts.size();
  std::vector<std::string> parts;
  size_t named = 0;
  for (const Verdict verdict : {Verdict::higher, Verdict::lower, Verdict::smaller, Verdict::at_chance}) {
    const std::vector<std::string> names = contexts_with(results, row, verdict);
    named += names.size();
    const std::string where = names.size() == all ? "all contexts" : join(names);
    if (!names.empty()) parts.push_back(std::string(config::to_name(verdict)) + " in " + where);
  }
  const auto open = static_cast<size_t>(std::count_if(
      row.worth.begin(), row.worth.end(), [](const analysis::Worth& each) { return verdict_of(each).has_value(); }));
  if (parts.empty()) return row.row + (open > 0 ? ": shown in no context" : ": not judged yet");
  if (open > named)
    parts.push_back("not shown in " + counted(static_cast<long long>(open - named), "other", "others"));
  return row.row + ": " + join(parts, "; ");
}

/// What is shown to depend on the context.
std::vector<std::string> dependence_notes(const Results& results) {
  std::vector<std::string> shown;
  for (const AcrossContexts& row : results.contexts->rows)
    for (size_t c = 0; c < row.changes.size(); ++c) {
      const auto verdict = verdict_of(row.changes[c]);
      if (verdict == Verdict::higher || verdict == Verdict::lower)
        shown.push_back(row.row + " by " + difference_text(row.changes[c].difference) + " in " +
                        results.contexts->contexts[c + 1].name);
    }
  if (shown.empty()) return {"No step is shown to be worth more or less in another context than as written"};
  return {"Shown to depend on the context (worth there minus as written): " + join(shown)};
}

}  // namespace

TextTable context_table(const Results& results) {
  TextTable table;
  if (!results.contexts) return table;
  table.header = {"worth"};
  for (const analysis::Context& each : results.contexts->contexts) table.header.push_back(each.name);
  for (size_t c = 1; c < results.contexts->contexts.size(); ++c)
    table.header.push_back(results.contexts->contexts[c].name + " minus as written");
  table.right.assign(table.header.size(), false);
  for (const AcrossContexts& row : results.contexts->rows) {
    std::vector<std::string> line{row.row};
    for (const auto* list : {&row.worth, &row.changes})
      for (const analysis::Worth& each : *list) line.push_back(whole_text(each.difference));
    table.rows.push_back(std::move(line));
  }
  return table;
}

TextTable tuned_table(const Results& results) {
  TextTable table{
      {"tuned", "best context", std::string(results.task->primary_metric().title), "delta", "verdict", "to"},
      {false, false, true, true, false, false},
      {}};
  if (!results.contexts || !results.contexts->tuned) return table;
  for (const analysis::TunedRow& row : results.contexts->tuned->rows)
    table.rows.push_back({row.row, row.best,
                          row.score ? decimals(*row.score, results.task->primary_metric().digits) : "",
                          row.to.empty() ? "" : difference_text(row.difference), verdict_text(row.difference), row.to});
  drop_empty_columns(table);
  return table;
}

std::vector<std::string> context_notes(const Results& results) {
  if (!results.contexts) return {};
  std::vector<std::string> names, lines;
  for (const analysis::Context& each : results.contexts->contexts)
    names.push_back(each.name + (each.changes.empty() ? "" : " (" + change_text(each.changes) + ")"));
  lines.push_back("Contexts: " + join(names, "; ") + ". All differences of all contexts are judged together");
  for (const AcrossContexts& row : results.contexts->rows) lines.push_back(holds_text(results, row));
  for (const std::string& line : dependence_notes(results)) lines.push_back(line);
  if (const auto& tuned = results.contexts->tuned)
    lines.push_back(
        "Tuned: each row in its best context of " + join(tuned->contexts) +
        ", so with equal budgets; which one is best is asked of the other seeds, seed by seed, or the best "
        "of several would look better than it is; the interval allows for the choice, and is of the seeds alone");
  return lines;
}

std::vector<std::string> a_a_notes(const Results& results) {
  if (!results.a_a_checks) return {};
  std::vector<std::string> lines;
  for (const analysis::AaCheck& check : *results.a_a_checks) {
    const std::string what =
        "A/A check " + check.row + ", the order of images alone: " + difference_text(check.difference);
    if (!check.as_it_should_be) lines.push_back(what + ", which says nothing yet");
    else if (*check.as_it_should_be) lines.push_back(what + ", as it should be");
    else
      lines.push_back(what +
                      ", NOT as it should be: distrust this table, or look at more seeds; by chance one check of "
                      "20 comes out so");
  }
  return lines;
}

std::vector<std::string> look_notes(const Results& results) {
  if (!results.looks) return {};
  const analysis::Looks& looks = *results.looks;
  const std::string points =
      decimals(looks.shown, results.task->primary_metric().digits) + analysis::points_of(*results.task);
  std::vector<std::string> counts;
  for (const int64_t each : looks.looks) counts.push_back(std::to_string(each));
  std::string text = "Seeds are added until every difference is shown or within ±" + points + ", at most " +
                     std::to_string(looks.at_most_seeds) + "; looked at when " + join(counts) +
                     " seeds are done, and all intervals of all looks hold together with 95 %. ";
  if (looks.seeds == 0) return {text + "The first look is still to come"};
  const std::vector<analysis::JudgedDifference> judged = analysis::judged_differences(results);
  const auto at_chance = static_cast<size_t>(
      std::count_if(judged.begin(), judged.end(), [](const analysis::JudgedDifference& each) {
        return each.difference && each.difference->verdict == Verdict::at_chance;
      }));
  const size_t decided = looks.differences - looks.open - at_chance;
  text += "By " + std::to_string(looks.seeds) + " seeds " + std::to_string(decided) + " of " +
          counted(static_cast<long long>(looks.differences), "difference") +
          (decided == 1 ? " is decided" : " are decided");
  if (at_chance > 0) text += "; " + std::to_string(at_chance) + " at chance, which no seeds decide";
  if (looks.open > 0) text += "; open: " + some_of(looks.open_rows, 10);
  if (looks.open > 0 && looks.seeds >= looks.at_most_seeds) text += ", and no seeds are left to add";
  return {text};
}

}  // namespace staircase::report
