#include "staircase/report/report_table.h"

#include <algorithm>
#include <map>

#include "staircase/analysis/score.h"
#include "staircase/base/text.h"
#include "staircase/report/cells.h"
#include "staircase/report/use.h"
#include "staircase/runs/run_weights.h"
#include "staircase/runs/status.h"

namespace staircase::report {
namespace {

using analysis::Results;
using analysis::Row;
using analysis::SeedStatus;

std::string paper_text(const Row& row) {
  if (!row.paper_top1) return "";
  return decimals(*row.paper_top1, 2) + (row.paper_std ? " ± " + decimals(*row.paper_std, 2) : "");
}

/// Three digits: a clock gives no more.
std::string latency_text(const Row& row) {
  if (!row.latency_ms) return "";
  return decimals(*row.latency_ms, *row.latency_ms < 10 ? 2 : *row.latency_ms < 100 ? 1 : 0);
}

std::string status_text(const Row& row) {
  if (const size_t failed = row.count(SeedStatus::failed)) return std::to_string(failed) + " failed";
  const size_t done = row.count(SeedStatus::done);
  return done == row.seeds.size() ? "" : std::to_string(done) + " of " + std::to_string(row.seeds.size());
}

/// In the words of `status`, which also tells what is not done apart.
std::string state_text(const analysis::SeedResult& seed, const std::string& folder) {
  if (seed.status != SeedStatus::missing) return std::string(config::to_name(seed.status));
  return runs::to_name(runs::read_run_state(folder, seed.run));
}

}  // namespace

TextTable main_table(const Results& results) {
  const config::TaskMetrics& task = *results.task;
  const std::string title(task.primary_metric().title);
  const int digits = task.primary_metric().digits;
  TextTable table;
  table.header = {results.kind == config::ExperimentKind::ablation ? "rung" : "name",
                  "change",
                  "verdict",
                  delta_title(results),
                  analysis::score_title(task, false),
                  analysis::score_title(task, true),
                  "test " + title,
                  "params",
                  "MACs",
                  "images/s",
                  "latency (ms)",
                  "drop path",
                  "paper " + title,
                  "damaged images",
                  "runs"};
  table.right = {false, false, false, true, true, true, true, true, true, true, true, true, true, true, false};
  const bool shows_rate = results.kind == config::ExperimentKind::comparison;
  // A row of many steps is named by them; their changes stand in the table of effects.
  const bool shows_change = results.design != config::Design::shapley && results.design != config::Design::pairwise;
  for (const Row& row : results.rows) {
    const bool shows_delta = row.delta && !row.delta->is_effect;
    table.rows.push_back(
        {row.side_branch ? "  (" + row.name + ")" : row.name, shows_change ? change_text(row.changes) : "",
         shows_delta ? verdict_text(row.delta->difference) : "",
         shows_delta ? difference_text(row.delta->difference) : "",
         spread_text(row.spread(analysis::score_name(task, false)), digits),
         spread_text(row.spread(analysis::score_name(task, true)), digits),
         spread_text(row.spread(analysis::test_name(results.score)), digits),
         count_text(static_cast<double>(row.params)), count_text(static_cast<double>(row.macs)),
         row.images_per_second ? decimals(*row.images_per_second, 0) : "", latency_text(row),
         shows_rate ? decimals(row.drop_path_rate, 2) : "", paper_text(row), bad_images_text(row), status_text(row)});
  }
  drop_empty_columns(table);
  return table;
}

std::string delta_title(const Results& results) {
  const bool one = results.kind == config::ExperimentKind::comparison || results.design == config::Design::grid;
  for (const Row& row : results.rows)
    if (one && row.delta) return "delta to " + row.delta->to;
  return "delta";
}

TextTable subtotal_table(const Results& results) {
  TextTable table{{"part", "verdict", "delta", "paper"}, {false, false, true, true}, {}};
  const auto add = [&](const analysis::Given<std::vector<analysis::Subtotal>>& list, const std::string& prefix) {
    if (!list) return;
    for (const analysis::Subtotal& sum : *list) {
      if (sum.difference && sum.difference->count < 2) continue;  // one seed's sum is of noise
      table.rows.push_back({prefix + sum.group, sum.delta ? verdict_text(sum.difference) : "",
                            // Where seeds are missing the sum of the rows' deltas is not the mean of whole sums.
                            sum.delta ? difference_text(sum.difference) : "?",
                            sum.paper_delta ? signed_text(*sum.paper_delta) : ""});
    }
  };
  add(results.sums.groups, "");
  add(results.sums.recipe_and_architecture, "all ");
  drop_empty_columns(table);
  return table;
}

TextTable grid_table(const Results& results) {
  TextTable table;
  if (!results.grid) return table;
  const experiment::Axis& down = results.grid->axes[0];
  const experiment::Axis& across = results.grid->axes[1];
  table.header = {down.pointer + ", across: " + across.pointer};
  table.header.insert(table.header.end(), across.values.begin(), across.values.end());
  table.right.assign(table.header.size(), true);
  table.right[0] = false;
  std::map<std::vector<std::string>, const Row*> cells;
  for (const Row& row : results.rows)
    if (row.cell) cells[*row.cell] = &row;
  for (const std::string& value : down.values) {
    std::vector<std::string> line{value};
    for (const std::string& column : across.values) {
      const auto row = cells.find({value, column});  // a requirement may leave the combination out
      const bool known = row != cells.end() && row->second->score;
      line.push_back(known ? spread_text(&*row->second->score, results.task->primary_metric().digits) : "");
    }
    table.rows.push_back(line);
  }
  return table;
}

TextTable run_table(const Results& results, const std::string& folder) {
  TextTable table{
      {"row", "seed", "state", "folder", "weights", "name in commands"}, {false, true, false, false, false, false}, {}};
  for (const Row& row : results.rows)
    for (const analysis::SeedResult& seed : row.seeds)
      table.rows.push_back({row.name, std::to_string(seed.seed), state_text(seed, folder), "runs/" + seed.run,
                            kept_weights(results, seed), runs::run_word(folder, row.name, seed.seed)});
  return table;
}

std::vector<std::string> failure_lines(const Results& results) {
  std::vector<std::string> lines;
  for (const Row& row : results.rows)
    for (const analysis::SeedResult& seed : row.seeds)
      if (seed.reason) lines.push_back(row.name + ", seed " + std::to_string(seed.seed) + ": " + *seed.reason);
  return lines;
}

}  // namespace staircase::report
