#include "staircase/analysis/results.h"

#include <algorithm>

#include "staircase/analysis/differences.h"
#include "staircase/analysis/effects.h"
#include "staircase/analysis/subtotals.h"
#include "staircase/config/recipes.h"
#include "staircase/plan/plan.h"

namespace staircase::analysis {
namespace {

using config::Json;

std::vector<double> seed_numbers(const Json& row, const char* key) {
  std::vector<double> numbers;
  for (const Json& seed : row["seeds"])
    if (seed.contains(key) && seed[key].is_number()) numbers.push_back(seed[key].get<double>());
  return numbers;
}

double median(std::vector<double> numbers) {
  std::sort(numbers.begin(), numbers.end());
  const size_t middle = numbers.size() / 2;
  return numbers.size() % 2 ? numbers[middle] : (numbers[middle - 1] + numbers[middle]) / 2;
}

/// One row with the numbers of its seeds.
class RowBuilder {
 public:
  RowBuilder(const experiment::Experiment& experiment, const runs::Ledger& ledger)
      : experiment_(experiment), ledger_(ledger) {}

  Json row(const experiment::Variant& variant) {
    const config::Configuration& c = variant.configuration;
    const plan::ModelCounts counts = plan::count_model(c.model, c.data.image_size_px);
    Json changes = Json::array();
    for (const auto& change : variant.changes)
      changes.push_back({{"pointer", change.pointer}, {"from", change.a}, {"to", change.b}});
    Json row = {{"name", variant.name},
                {"group", variant.group},
                {"side_branch", variant.side_branch},
                {"changes", changes},
                {"recipe", config::recipe_name(c.recipe)},
                {"drop_path_rate", c.recipe.drop_path_rate.rate.value_or(c.model_drop_path_rate)},
                {"params", counts.params},
                {"macs", counts.macs},
                {"configuration", ledger_.content_name(c)},
                {"seeds", seeds(c)}};
    for (const char* key : {"top1", "top5", "loss", "top1_ema", "top5_ema", "loss_ema", "test_top1", "test_top1_ema"}) {
      if (const auto numbers = seed_numbers(row, key); !numbers.empty()) row[key] = spread_json(spread_of(numbers));
    }
    if (const auto rates = seed_numbers(row, "images_per_second"); !rates.empty())
      row["images_per_second"] = spread_of(rates).mean;
    const auto latencies = seed_numbers(row, "latency_ms");
    row["latency_ms"] = latencies.empty() ? Json(nullptr) : Json(median(latencies));
    row["paper_top1"] = variant.paper_top1 ? Json(*variant.paper_top1) : Json(nullptr);
    row["paper_std"] = variant.paper_std ? Json(*variant.paper_std) : Json(nullptr);
    return row;
  }

 private:
  Json seeds(const config::Configuration& configuration) {
    Json list = Json::array();
    for (int64_t seed : experiment_.options.seeds) {
      const runs::RunKey run{configuration, seed};
      Json entry = {{"seed", seed}, {"run", ledger_.run_name(run)}};
      if (const auto summary = ledger_.summary(run)) {
        entry["status"] = "done";
        for (const auto& [key, value] : summary->items()) entry[key] = value;
        const runs::RunTiming timing = ledger_.timing(run);
        if (const auto rate = timing.images_per_second()) entry["images_per_second"] = *rate;
        if (timing.latency_ms) entry["latency_ms"] = *timing.latency_ms;
      } else if (const auto reason = ledger_.failure(run)) {
        entry["status"] = "failed";
        entry["reason"] = *reason;
      } else {
        entry["status"] = "missing";
      }
      list.push_back(entry);
    }
    return list;
  }

  const experiment::Experiment& experiment_;
  const runs::Ledger& ledger_;
};

/// What the logs of the runs no longer say.
std::vector<std::string> log_warnings(const runs::Ledger& ledger, const std::vector<runs::RunKey>& runs) {
  std::vector<std::string> warnings;
  for (const runs::RunKey& run : runs)
    for (const auto& list :
         {runs::read_metrics(ledger.folder(), ledger.run_name(run)).warnings, ledger.timing(run).warnings})
      warnings.insert(warnings.end(), list.begin(), list.end());
  return warnings;
}

/// The first row without an average decides: all rows are then compared by their raw weights.
void choose_score(const experiment::DesignedExperiment& design, Json& results) {
  results["score"] = "top1_ema";
  results["score_reason"] = "EMA weights: every recipe has an average";
  for (const experiment::Variant& variant : design.variants)
    if (variant.configuration.recipe.ema_decay == 0) {
      results["score"] = "top1";
      results["score_reason"] = "raw weights: the recipe of " + variant.name + " has no EMA";
      return;
    }
}

void add_deltas(const experiment::DesignedExperiment& design, Json& results) {
  const auto score = results["score"].get<std::string>();
  for (size_t i = 0; i < design.variants.size(); ++i) {
    Json& row = results["rows"][i];
    row["score"] = row.contains(score) ? row[score] : Json(nullptr);
    const auto& compared = design.variants[i].compared_to;
    if (!compared) continue;
    const SeedNumbers before = row_scores(results["rows"][*compared], score);
    row["delta"] = difference_json(values_of(paired_differences(row_scores(row, score), before)));
    row["delta_to"] = design.variants[*compared].name;
    const Json& paper = row["paper_top1"];
    const Json& paper_before = results["rows"][*compared]["paper_top1"];
    if (paper.is_number() && paper_before.is_number())
      row["paper_delta"] = paper.get<double>() - paper_before.get<double>();
  }
  std::vector<Json*> deltas;
  for (Json& row : results["rows"])
    if (row.contains("delta")) deltas.push_back(&row["delta"]);
  judge_together(deltas);
}

}  // namespace

Json build_results(const experiment::Experiment& experiment, const experiment::DesignedExperiment& design,
                   const runs::Ledger& ledger) {
  const config::ExperimentOptions& options = experiment.options;
  Json results = {{"name", options.name},
                  {"description", options.description},
                  {"kind", std::string(to_name(options.kind))},
                  {"design", std::string(to_name(options.design))},
                  {"seeds", options.seeds}};
  choose_score(design, results);
  int64_t done = 0, failed = 0;
  const auto runs = runs::list_runs(design, options.seeds, ledger);
  for (const runs::RunKey& run : runs) {
    if (ledger.summary(run)) ++done;
    else if (ledger.failure(run)) ++failed;
  }
  results["runs"] = runs.size();
  results["done"] = done;
  results["failed"] = failed;
  results["warnings"] = log_warnings(ledger, runs);
  RowBuilder builder(experiment, ledger);
  results["rows"] = Json::array();
  for (const experiment::Variant& variant : design.variants) results["rows"].push_back(builder.row(variant));
  add_deltas(design, results);
  add_subtotals(options, results);
  add_effects(design, options.design, results);
  if (design.axes.size() == 2) {
    results["grid"] = {{"axes", Json::array()}};
    for (const experiment::Axis& axis : design.axes)
      results["grid"]["axes"].push_back({{"pointer", axis.pointer}, {"values", axis.values}});
    for (size_t i = 0; i < design.variants.size(); ++i) results["rows"][i]["cell"] = design.variants[i].cell;
  }
  return results;
}

}  // namespace staircase::analysis
