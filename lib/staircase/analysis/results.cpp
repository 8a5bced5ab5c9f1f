#include "staircase/analysis/results.h"

#include <algorithm>
#include <cmath>

#include "staircase/analysis/row_verdicts.h"
#include "staircase/analysis/run_reader.h"
#include "staircase/analysis/score.h"
#include "staircase/config/image_outcomes.h"
#include "staircase/config/recipes.h"
#include "staircase/experiment/schedule_warnings.h"
#include "staircase/plan/plan.h"

namespace staircase::analysis {
namespace {

/// What the seeds have under a member.
std::vector<double> given_numbers(const std::vector<SeedResult>& seeds, Given<double> SeedResult::*member) {
  std::vector<double> numbers;
  for (const SeedResult& seed : seeds)
    if (seed.*member) numbers.push_back(*(seed.*member));
  return numbers;
}

/// Whatever else a machine does makes a pass longer, never shorter.
void add_latency(Row& row) {
  const auto latencies = given_numbers(row.seeds, &SeedResult::latency_ms);
  if (latencies.empty()) return;
  row.latency_ms = *std::min_element(latencies.begin(), latencies.end());
  std::vector<int64_t> disturbed;
  for (const SeedResult& seed : row.seeds)
    if (seed.latency_ms && *seed.latency_ms > 2 * *row.latency_ms) disturbed.push_back(seed.seed);
  if (!disturbed.empty()) row.latency_outliers = disturbed;
}

Row read_row(const experiment::Variant& variant, const runs::Ledger& ledger, Results& results, RunReader& reader) {
  const config::Configuration& c = variant.configuration;
  const plan::ModelCounts counts = plan::count_model(c.model, c.data.image_size_px);
  Row row;
  row.name = variant.name;
  row.is_as_written = variant.context == 0;
  row.group = variant.group;
  row.side_branch = variant.side_branch;
  row.changes = changes_of(variant.changes);
  row.recipe = config::recipe_name(c.recipe);
  row.drop_path_rate = c.recipe.drop_path_rate.rate.value_or(c.model_drop_path_rate);
  row.params = counts.params;
  row.macs = counts.all_macs();
  row.configuration = ledger.content_name(c);
  for (const int64_t seed : results.seeds) row.seeds.push_back(reader.read({c, seed, variant.name, row.configuration}));
  for (const std::string& name : number_names(*results.task))
    if (const auto numbers = values_of(row.scores(name)); !numbers.empty())
      row.numbers.emplace_back(name, spread_of(numbers));
  const ChanceLevel chance = results.task->classifies() ? chance_level(c, ledger.data_content(c.data)) : ChanceLevel{};
  if (results.rows.empty()) results.chance = chance;
  const auto is_at_chance = [&](const Spread& score) {
    return chance.at_chance_up_to && score.mean <= *chance.at_chance_up_to;
  };
  if (const Spread* score = row.spread(results.score)) {
    row.score = *score;
    row.at_chance = is_at_chance(*score);
  }
  const Spread* raw = row.spread(score_name(*results.task, false));
  row.raw_at_chance = raw ? is_at_chance(*raw) : row.at_chance;
  if (const auto rates = given_numbers(row.seeds, &SeedResult::images_per_second); !rates.empty())
    row.images_per_second = spread_of(rates).mean;
  add_latency(row);
  row.paper_top1 = variant.paper_top1;
  row.paper_std = variant.paper_std;
  return row;
}

/// What the experiment says; but the first row without an average makes all rows be compared by their raw weights.
void choose_score(const experiment::DesignedExperiment& design, config::Score wanted, Results& results) {
  const auto raw = std::find_if(design.variants.begin(), design.variants.end(), [](const experiment::Variant& each) {
    return each.configuration.recipe.ema_decay == 0;
  });
  const bool all_have_average = raw == design.variants.end();
  results.of_average = all_have_average && wanted == config::Score::ema;
  results.score = score_name(*results.task, results.of_average);
  if (results.of_average) results.score_reason = "EMA weights: every recipe has an average";
  else if (all_have_average) results.score_reason = "raw weights: the experiment says \"score\": \"raw\"";
  else results.score_reason = "raw weights: the recipe of " + raw->name + " has no EMA";
}

/// Of the runs that are done. A damaged file counts as none, with a warning; data other than the first row's are
/// another validation set, whatever the classes of its images are.
ImagesOfRuns read_images(const experiment::DesignedExperiment& design, const runs::Ledger& ledger, Results& results) {
  ImagesOfRuns images;
  for (size_t i = 0; i < results.rows.size(); ++i) {
    const config::DataContent* content = ledger.data_content(design.variants[i].configuration.data);
    const std::string data = content ? content->fingerprint() : "";
    for (const SeedResult& seed : results.rows[i].seeds) {
      if (seed.status != SeedStatus::done) continue;
      try {
        auto outcomes = config::read_image_outcomes(ledger.folder() / "runs" / seed.run / "correct.bits");
        if (!outcomes || (results.of_average && !outcomes->average)) continue;
        images[{i, seed.seed}] = {data + outcomes->validation_set,
                                  std::move(results.of_average ? *outcomes->average : outcomes->raw)};
      } catch (const RequestError& error) {
        results.warnings.push_back(error.what());
      }
    }
  }
  return images;
}

/// Of the differences that the design is about: how much of their error is of seeds, and how much of images.
void split_error(Results& results) {
  double seeds = 0, images = 0, count = 0;
  const auto add = [&](const std::optional<Difference>& each, double order_error = 0) {
    if (!each || !each->std_error || each->at_chance) return;
    const double other = each->other ? each->other->std_error : 0;
    seeds += *each->std_error * *each->std_error - other * other;
    images += other * other - order_error * order_error;
    ++count;
  };
  for (const Row& row : results.rows)
    if (row.delta && !results.worth.effects) add(row.delta->difference);
  if (results.worth.effects)
    for (const Effect& each : *results.worth.effects) add(each.worth.difference, each.order_std_error.value_or(0));
  if (count == 0) return;
  results.validation_images.seeds_error = std::sqrt(std::max(0.0, seeds / count));
  results.validation_images.images_error = std::sqrt(std::max(0.0, images / count));
}

void add_deltas(const experiment::DesignedExperiment& design, const ImagesOfRuns& images, Results& results) {
  for (size_t i = 0; i < design.variants.size(); ++i) {
    if (!design.variants[i].compared_to) continue;
    const size_t to = *design.variants[i].compared_to;
    Row& row = results.rows[i];
    const Row& before = results.rows[to];
    Delta delta;
    const RowWeights weights = row_minus(i, to);
    delta.difference = weighted_difference(weights, weighted_scores(weights, results.rows, results.score),
                                           {image_error(weights, images)});
    if (delta.difference && all_at_chance(weights, results.rows)) leave_at_chance(*delta.difference);
    delta.to = before.name;
    delta.to_index = to;
    if (row.paper_top1 && before.paper_top1) delta.paper_delta = *row.paper_top1 - *before.paper_top1;
    row.delta = std::move(delta);
  }
}

/// Rows whose number of images is not known are left out.
std::vector<std::string> too_short_schedules(const experiment::DesignedExperiment& design, const runs::Ledger& ledger) {
  std::vector<experiment::ScheduledRow> rows;
  for (const experiment::Variant& variant : design.variants) {
    const config::Configuration& c = variant.configuration;
    if (const auto images = experiment::count_train_images(c.data, ledger.data_content(c.data)))
      rows.push_back({variant.name, &c.recipe, *images});
  }
  return experiment::schedule_warnings(rows);
}

/// What lets intervals speak of other images too; none where not all runs have them, or where seeds are added until
/// they decide: that is asked of these images alone.
ImagesOfRuns images_to_judge_by(const experiment::DesignedExperiment& design, const config::ExperimentOptions& options,
                                const runs::Ledger& ledger, Results& results) {
  if (options.until) {
    results.validation_images.why_not = "seeds are added until they decide";
    return {};
  }
  if (!results.task->classifies()) {
    results.validation_images.why_not = "only right and wrong answers are kept image by image";
    return {};
  }
  ImagesOfRuns images = read_images(design, ledger, results);
  results.validation_images = images_used(results.rows, images);
  if (!results.validation_images.used) images.clear();
  return images;
}

/// All tables. In several contexts, and at every look, it is the rows that are judged: a step has one in each context.
void judge(const experiment::DesignedExperiment& design, const config::ExperimentOptions& options,
           const ImagesOfRuns& images, Results& results) {
  // What has to hold at every look asks for a distribution that is exact in its far tail.
  const Judging judging{options.until ? config::Statistics::paired_t : options.statistics};
  results.statistics = judging.statistics;
  if (design.contexts.empty() && !options.until)
    results.worth = add_effects(design, options.design, results.score, judging, images, results.seeds, results.rows);
  if (results.worth.effects) results.judged_by = *results.worth.effects_by;
  else if (options.until) results.looks = judge_rows_at_looks(options, results.score, results.rows);
  else results.judged_by = judge_rows(judging, results.rows);
  results.a_a_checks = a_a_checks(results.rows);
  results.contexts = across_contexts(design, options, results.score, judging, images, results.rows);
  results.sums = subtotals_of(options, results.rows, results.score, judging, images);
}

}  // namespace

Results build_results(const experiment::Experiment& experiment, const experiment::DesignedExperiment& design,
                      const runs::Ledger& ledger) {
  const config::ExperimentOptions& options = experiment.options;
  Results results;
  results.name = options.name;
  results.description = options.description;
  results.kind = options.kind;
  results.design = options.design;
  results.seeds = options.seeds;
  results.task = &config::metrics_of(design.variants.at(0).configuration.recipe.task);
  choose_score(design, options.score, results);
  results.schedules = too_short_schedules(design, ledger);
  RunReader reader(ledger, results);
  for (const experiment::Variant& variant : design.variants)
    results.rows.push_back(read_row(variant, ledger, results, reader));
  if (results.of_average && results.task->classifies())
    results.average_lag = average_lag(design, results.rows, *results.task, results.chance);
  ImagesOfRuns images = images_to_judge_by(design, options, ledger, results);
  add_deltas(design, images, results);
  judge(design, options, images, results);
  split_error(results);
  results.order_agreement = order_agreement(results.rows);
  if (design.axes.size() == 2) {
    results.grid = Grid{design.axes};
    for (size_t i = 0; i < design.variants.size(); ++i) results.rows[i].cell = design.variants[i].cell;
  }
  return results;
}

}  // namespace staircase::analysis
