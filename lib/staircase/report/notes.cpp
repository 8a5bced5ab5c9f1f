#include "staircase/report/notes.h"

#include <algorithm>
#include <set>

#include "staircase/base/counted.h"
#include "staircase/base/text.h"
#include "staircase/report/answer.h"
#include "staircase/report/context_table.h"
#include "staircase/report/effect_table.h"
#include "staircase/report/origin.h"

namespace staircase::report {
namespace {

using analysis::Results;
using analysis::Row;

/// What a network that has learned nothing reaches, and which rows do not pass it.
std::vector<std::string> chance_notes(const Results& results) {
  const analysis::ChanceLevel& level = results.chance;
  if (!level.chance) return {};
  std::string text = "Chance is " + decimals(*level.chance, 2) + " %";
  if (level.largest_class)
    text += "; always naming the largest class of the " + grouped_digits(*level.val_images) +
            " validation images gives " + decimals(*level.largest_class, 2) + " %";
  std::vector<std::string> lines{text}, names, averages;
  for (const Row& row : results.rows)
    if (row.at_chance) (row.raw_at_chance ? names : averages).push_back(row.name);
  if (!names.empty())
    lines.push_back("At chance, not above " + decimals(*level.at_chance_up_to, 2) + " % (" +
                    (level.val_images ? "sampling error included" : "validation images unknown") + "): " + join(names) +
                    (names.size() == 1 ? ", which has learned nothing that could be compared"
                                       : "; differences between them have no verdict: they have learned nothing that "
                                         "could be compared"));
  if (!averages.empty())
    lines.push_back("Only the averages are not above " + decimals(*level.at_chance_up_to, 2) +
                    " %, the raw weights are: " + join(averages) +
                    "; differences between these averages have no verdict");
  return lines;
}

/// Which averages are far behind the weights that they average, and the ways out.
std::vector<std::string> average_notes(const Results& results) {
  if (!results.average_lag) return {};
  std::vector<std::string> rows;
  for (const analysis::LaggingRow& each : results.average_lag->rows)
    rows.push_back(each.row + " (" + decimals(each.average, 2) + ", raw " + decimals(each.raw, 2) + ")");
  const bool holds_start = results.average_lag->from_the_start;
  return {"Far behind the raw weights are the averaged ones of " + join(rows) + ": the average " +
          (holds_start ? "still holds its initial weights" : "has not caught up with the weights yet") +
          ", so differences may be hidden. \"score\": \"raw\" compares the raw weights; " +
          (holds_start ? "/recipe/ema_warmup true, or " : "") + "more epochs, let the average catch up"};
}

/// How the column of latencies was measured, and which seeds were disturbed.
std::vector<std::string> latency_notes(const Results& results) {
  std::set<double> threads;
  bool any_older = false;
  for (const analysis::RunLog& log : results.logs) {
    if (log.timing.latency_threads) threads.insert(*log.timing.latency_threads);
    else any_older = any_older || log.timing.latency_ms;
  }
  std::vector<std::string> counts, how;
  for (const double each : threads) counts.push_back(decimals(each, 0));
  if (!threads.empty())
    how.push_back("the shortest of up to 100 passes, on " + join(counts) +
                  (*threads.rbegin() == 1 ? " thread" : " threads") + " of the CPU or on the run's GPU");
  if (any_older) how.push_back("in runs of earlier versions the median of their passes, on all their threads");
  if (how.empty()) return {};
  std::vector<std::string> lines{"latency (ms): one image through the finished network, " + join(how, "; ") +
                                 "; of a row's seeds the shortest"};
  std::vector<std::string> disturbed;
  for (const Row& row : results.rows)
    for (const analysis::SeedResult& seed : row.seeds)
      if (row.latency_outliers && std::count(row.latency_outliers->begin(), row.latency_outliers->end(), seed.seed))
        disturbed.push_back(row.name + " seed " + std::to_string(seed.seed) + " (" + decimals(*seed.latency_ms, 2) +
                            " ms)");
  if (!disturbed.empty())
    lines.push_back("Latency outliers, over twice the shortest of their row, as on a busy machine: " + join(disturbed));
  return lines;
}

/// How far the rows stand in the paper's order.
std::vector<std::string> agreement_notes(const Results& results) {
  if (!results.order_agreement) return {};
  const analysis::OrderAgreement& order = *results.order_agreement;
  std::string text = "Agreement with the paper's order of " + std::to_string(order.rows) + " rows: Kendall's tau " +
                     decimals(order.tau, 2);
  if (order.interval)
    text += " [" + decimals(order.interval->low, 2) + ", " + decimals(order.interval->high, 2) +
            "]: 1 is the same order, 0 none in common";
  return {text};
}

}  // namespace

std::vector<std::string> notes(const Results& results) {
  std::vector<std::string> lines;
  lines.push_back("Rows are compared by the last epoch's " + std::string(results.task->primary_metric().title) +
                  " of the " + results.score_reason + ".");
  const size_t seeds = results.seeds.size();
  if (seeds == 1) {
    lines.push_back("one seed: no spread known");
  } else {
    lines.push_back(std::to_string(seeds) +
                    " seeds: mean ± standard deviation; a difference is the mean over pairs "
                    "of equal seed [with its 95 % interval" +
                    (results.looks ? ", which holds at every look]" : "]"));
    if (seeds == 2 && !results.looks)
      lines.push_back(
          results.judged_by.prior
              ? "Two seeds say little of their spread: of small tables without any difference about 7 % show one, "
                "where 5 % are promised; three seeds keep that"
              : "Two seeds leave one degree of freedom: an interval reaches 12.7 standard errors to each side, also "
                "past what a difference can be, and says next to nothing; three seeds say more");
    if (!results.looks)
      lines.push_back("\"" + std::string(config::to_name(analysis::Verdict::not_shown)) +
                      "\": p is 0.05 or more after Holm's correction for all differences of a table; so it is wherever "
                      "the interval contains 0, and for some intervals that do not");
  }
  for (const auto& more : {method_notes(results), look_notes(results), context_notes(results), agreement_notes(results),
                           results.schedules, average_notes(results), chance_notes(results), effect_notes(results),
                           latency_notes(results), origin_notes(results)})
    lines.insert(lines.end(), more.begin(), more.end());
  if (results.done < results.runs)
    lines.push_back(std::to_string(results.done) + " of " + counted(static_cast<long long>(results.runs), "run") +
                    (results.runs == 1 ? " is done" : " are done"));
  return lines;
}

}  // namespace staircase::report
