#include "staircase/report/use.h"

#include "staircase/analysis/score.h"
#include "staircase/base/text.h"
#include "staircase/runs/run_weights.h"

namespace staircase::report {

using analysis::Results;
using analysis::Row;
using analysis::SeedResult;

std::string kept_weights(const Results& results, const SeedResult& seed) {
  if (seed.status != analysis::SeedStatus::done) return "";
  return seed.number(analysis::score_name(*results.task, true)) ? "EMA" : "raw";
}

std::string best_weights_line(const Results& results, const std::string& folder) {
  const config::Metric& metric = results.task->primary_metric();
  const auto better = [&](double a, double b) { return metric.higher_is_better ? a > b : a < b; };
  const Row* best_row = nullptr;
  for (const Row& row : results.rows)
    if (row.score && (!best_row || better(row.score->mean, best_row->score->mean))) best_row = &row;
  if (!best_row) return "";
  const SeedResult* best = nullptr;
  for (const SeedResult& seed : best_row->seeds) {
    const auto number = seed.number(results.score);
    if (number && (!best || better(*number, *best->number(results.score)))) best = &seed;
  }
  // weights.safetensors holds the average where there is one; :raw asks for the others.
  const bool holds_average = kept_weights(results, *best) == "EMA", wants_raw = holds_average && !results.of_average;
  return "weights of the best row: --weights " + runs::run_word(folder, best_row->name, best->seed) +
         (wants_raw ? ":raw" : "") + " (" + (results.of_average ? "EMA" : "raw") + ", " + std::string(metric.title) +
         " " + decimals(*best->number(results.score), 2) + ")";
}

}  // namespace staircase::report
