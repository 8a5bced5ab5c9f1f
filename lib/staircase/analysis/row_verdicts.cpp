#include "staircase/analysis/row_verdicts.h"

#include "staircase/analysis/a_a_checks.h"

namespace staircase::analysis {
namespace {

bool has_difference(const Row& row) { return row.delta && row.delta->difference; }

std::vector<Row*> rows_to_judge(std::vector<Row>& rows, bool checks) {
  std::vector<Row*> judged;
  for (Row& row : rows)
    if (row.delta && is_a_a_check(row.changes) == checks) judged.push_back(&row);
  return judged;
}

JudgedBy judge_by_seeds(const std::vector<Row*>& rows, const Judging& judging) {
  std::vector<Difference*> differences;
  for (Row* row : rows)
    if (has_difference(*row)) differences.push_back(&*row->delta->difference);
  return judge_together(differences, judging);
}

int64_t judge_by_looks(const std::vector<Row*>& judged, const config::ExperimentOptions& options,
                       const std::string& score, const std::vector<Row>& rows) {
  std::vector<LookedAt> differences;
  for (Row* row : judged)
    differences.push_back(
        {&row->delta->difference, paired_differences(row->scores(score), rows[row->delta->to_index].scores(score))});
  return judge_at_looks(differences, options.seeds, experiment::looks_of(*options.until), options.until->shown);
}

}  // namespace

JudgedBy judge_rows(const Judging& judging, std::vector<Row>& rows) {
  judge_by_seeds(rows_to_judge(rows, true), judging);
  return judge_by_seeds(rows_to_judge(rows, false), judging);
}

Looks judge_rows_at_looks(const config::ExperimentOptions& options, const std::string& score, std::vector<Row>& rows) {
  const std::vector<Row*> asked = rows_to_judge(rows, false), checks = rows_to_judge(rows, true);
  Looks looks;
  looks.shown = options.until->shown;
  looks.at_most_seeds = options.until->at_most_seeds;
  for (const experiment::Look& each : experiment::looks_of(*options.until)) looks.looks.push_back(each.seeds);
  looks.seeds = judge_by_looks(asked, options, score, rows);
  judge_by_looks(checks, options, score, rows);
  looks.differences = asked.size();
  for (const Row* row : asked)
    if (!has_difference(*row) || is_open(*row->delta->difference)) looks.open_rows.push_back(row->name);
  looks.open = looks.open_rows.size();
  return looks;
}

std::optional<std::vector<int64_t>> seeds_to_have(const config::ExperimentOptions& options, const Looks& looks,
                                                  bool all_done) {
  if (!options.until) return std::nullopt;
  const auto seeds = static_cast<int64_t>(options.seeds.size());
  const bool before_first = seeds < options.until->first_look;
  if (!before_first && (!all_done || looks.open == 0)) return std::nullopt;
  const auto next = experiment::seeds_of_next_look(*options.until, seeds);
  if (!next) return std::nullopt;
  return experiment::extended_seeds(options.seeds, *next);
}

}  // namespace staircase::analysis
