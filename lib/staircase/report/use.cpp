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

/// The row whose weights are the ones to take, and which of its two.
struct BestRow {
  const Row* row = nullptr;
  bool of_average = false;
  double mean = 0;
};

/// Among rows that have learned; where the score hides what rows have learned, among their raw weights too.
BestRow best_weights(const Results& results) {
  BestRow best;
  const auto offer = [&](const Row& row, bool of_average, double mean) {
    if (!best.row || is_better(results, mean, best.mean)) best = {&row, of_average, mean};
  };
  for (const Row& row : results.rows)
    if (row.score && !row.at_chance) offer(row, results.of_average, row.score->mean);
  if (!results.of_average || (best.row && !results.average_lag)) return best;
  for (const Row& row : results.rows)
    if (const auto* raw = row.spread(analysis::score_name(*results.task, false)); raw && !row.raw_at_chance)
      offer(row, false, raw->mean);
  return best;
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
  if (!best_row(results)) return "";
  const BestRow best_found = best_weights(results);
  if (!best_found.row) return "no best row: every row is at chance";
  const Row& row = *best_found.row;
  const std::string score = analysis::score_name(*results.task, best_found.of_average);
  const SeedResult* best = nullptr;
  for (const SeedResult& seed : row.seeds) {
    const auto number = seed.number(score);
    if (number && (!best || is_better(results, *number, *best->number(score)))) best = &seed;
  }
  // weights.safetensors holds the average where there is one; :raw asks for the others.
  const bool wants_raw = kept_weights(results, *best) == "EMA" && !best_found.of_average;
  return std::string("weights of the best row: ") + (results.task->classifies() ? "--weights " : "/init/weights ") +
         runs::run_word(folder, row.name, best->seed) + (wants_raw ? ":raw" : "") + " (" +
         (best_found.of_average ? "EMA" : "raw") + ", " + std::string(metric.title) + " " +
         decimals(*best->number(score), metric.digits) + ")";
}

}  // namespace staircase::report
