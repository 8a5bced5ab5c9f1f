#include "staircase/report/use.h"

#include "staircase/analysis/score.h"
#include "staircase/base/text.h"
#include "staircase/runs/run_weights.h"

namespace staircase::report {

using analysis::Results;
using analysis::Row;
using analysis::SeedResult;

namespace {

bool is_better(const Results& results, double a, double b) {
  return results.task->primary_metric().higher_is_better ? a > b : a < b;
}

}  // namespace

const Row* best_row(const Results& results) {
  const Row* best = nullptr;
  for (const Row& row : results.rows)
    if (row.score && (!best || is_better(results, row.score->mean, best->score->mean))) best = &row;
  return best;
}

std::string kept_weights(const Results& results, const SeedResult& seed) {
  if (seed.status != analysis::SeedStatus::done) return "";
  return seed.number(analysis::score_name(*results.task, true)) ? "EMA" : "raw";
}

std::string best_weights_line(const Results& results, const std::string& folder) {
  const config::Metric& metric = results.task->primary_metric();
  const Row* row = best_row(results);
  if (!row) return "";
  const SeedResult* best = nullptr;
  for (const SeedResult& seed : row->seeds) {
    const auto number = seed.number(results.score);
    if (number && (!best || is_better(results, *number, *best->number(results.score)))) best = &seed;
  }
  // weights.safetensors holds the average where there is one; :raw asks for the others.
  const bool holds_average = kept_weights(results, *best) == "EMA", wants_raw = holds_average && !results.of_average;
  return "weights of the best row: --weights " + runs::run_word(folder, row->name, best->seed) +
         (wants_raw ? ":raw" : "") + " (" + (results.of_average ? "EMA" : "raw") + ", " + std::string(metric.title) +
         " " + decimals(*best->number(results.score), 2) + ")";
}

}  // namespace staircase::report
