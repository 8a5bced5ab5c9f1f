#include <algorithm>
#include <iostream>

#include "arguments.h"
#include "console.h"
#include "experiment.h"
#include "run_options.h"
#include "staircase/analysis/score.h"
#include "staircase/analysis/seed_plan.h"
#include "staircase/base/counted.h"
#include "staircase/base/duration.h"
#include "staircase/base/errors.h"
#include "staircase/base/text.h"
#include "staircase/experiment/looks.h"
#include "staircase/experiment/pilot.h"

namespace staircase::apps {
namespace {

namespace fs = std::filesystem;

/// What a folder knows of spread and time.
struct Known {
  fs::path folder;
  runs::DataShape data;
  analysis::PooledSpread spread;
  std::optional<double> seconds_a_weight;
  const config::TaskMetrics* task;

  /// "0.50 points".
  std::string text(double difference) const {
    return decimals(difference, task->primary_metric().digits) + analysis::points_of(*task);
  }
};

std::optional<Known> known_by(const fs::path& folder) {
  const runs::Ledger ledger(folder);
  if (!ledger.exists()) return std::nullopt;
  const auto [experiment, data] = ledger.read_experiment_file();
  const auto design = runs::design_with(experiment, data);
  const analysis::Results results = analysis::build_results(experiment, design, ledger);
  const auto spread = analysis::pooled_spread(results);
  if (!spread) return std::nullopt;
  return Known{folder, data, *spread, analysis::seconds_a_weight(results, design), results.task};
}

/// Seeds, and what they cost.
struct Cost {
  size_t runs = 0, done = 0;
  std::optional<double> hours;
};

/// The runs of the first seeds of an experiment, and how long those that are missing take.
Cost cost_of(const experiment::Experiment& experiment, const Known& known, const fs::path& folder, int64_t seeds) {
  const auto design = runs::design_with(experiment, known.data);
  const runs::Ledger ledger(
      known.folder);  // names runs as the experiment's own folder does, which may not be there yet
  const runs::Ledger own(folder);
  Cost cost;
  double weight = 0;
  std::vector<int64_t> planned = experiment::extended_seeds(experiment.options.seeds, seeds);
  planned.resize(static_cast<size_t>(seeds));
  for (const runs::RunKey& run : runs::list_runs(design, planned, ledger)) {
    ++cost.runs;
    if (ledger.is_done(run) || (own.exists() && own.is_done(run))) ++cost.done;
    else weight += analysis::run_weight(run.configuration);
  }
  if (known.seconds_a_weight) cost.hours = weight * *known.seconds_a_weight / 3600;
  return cost;
}

std::string count_or_more(const std::optional<int64_t>& seeds) {
  return seeds ? grouped_digits(*seeds) : "more than 100,000";
}

/// What decides that so many seeds show it.
std::string judged_text(const analysis::SeedPlan& plan, const Known& known, const config::ExperimentOptions& options) {
  const analysis::PooledSpread& spread = plan.spread;
  std::string text = "Judged: " + counted(plan.comparisons, "difference") + " together, by pairs of seeds, " +
                     (spread.lent_degrees > 0 ? "by moderated variances that lend each " +
                                                    decimals(spread.lent_degrees, 1) + " degrees of freedom"
                                              : std::string("by Student's t")) +
                     ", two-sided, 5 % over their number.\n";
  if (spread.other)
    text += "An error of " + known.text(spread.other->std_error) +
            " is of the choice of the validation images or of sampled orders; no seeds make it smaller.\n";
  if (options.until)
    text +=
        "That is of one look; seeds that are added until they decide (/until) have a share of the 5 % at each, and "
        "take more.\n";
  return text;
}

/// Contexts cost what their rows would with the data of those as written.
bool has_other_data(const config::ExperimentOptions& options) {
  return std::any_of(options.contexts.begin(), options.contexts.end(), [](const config::ContextOptions& each) {
    const auto edits = each.set.items();
    return std::any_of(edits.begin(), edits.end(), [](const auto& edit) { return edit.key().starts_with("/data"); });
  });
}

std::string plan_text(const analysis::SeedPlan& plan, const std::optional<Cost>& cost, const Known& known,
                      const config::ExperimentOptions& options) {
  std::string text = "A true difference of " + known.text(plan.smallest) + " is shown with a power of " +
                     decimals(100 * analysis::planned_power, 0) + " % by " + count_or_more(plan.seeds) + " seeds (" +
                     count_or_more(plan.fewest) + " to " + count_or_more(plan.most) + ", as the spread of " +
                     known.text(plan.spread.std) + " between pairs of seeds is known from " +
                     counted(static_cast<long long>(plan.spread.degrees), "degree") + " of freedom in " +
                     known.folder.string() + ").\n" + judged_text(plan, known, options);
  if (!cost) return text;
  text += counted(static_cast<long long>(cost->runs), "run") + ", " + std::to_string(cost->done) + " done, about " +
          (cost->hours ? duration_text(*cost->hours * 3600) : "an unknown time") + " one run after another" +
          (has_other_data(options) ? ", were the data of all contexts as large as those as written" : "") + ".\n";
  return text;
}

config::Json plan_json(const analysis::SeedPlan& plan, const std::optional<Cost>& cost, const Known& known) {
  const auto or_null = [](const auto& value) { return value ? config::Json(*value) : config::Json(nullptr); };
  return {{"seeds", or_null(plan.seeds)},
          {"runs", cost ? config::Json(cost->runs) : config::Json(nullptr)},
          {"hours", cost ? or_null(cost->hours) : config::Json(nullptr)},
          {"done", cost ? config::Json(cost->done) : config::Json(nullptr)},
          {"smallest", plan.smallest},
          {"power", analysis::planned_power},
          {"comparisons", plan.comparisons},
          {"spread", plan.spread.std},
          {"degrees", plan.spread.degrees},
          {"lent_degrees", plan.spread.lent_degrees},
          {"other_error", plan.spread.other ? config::Json(plan.spread.other->std_error) : config::Json(nullptr)},
          {"seeds_range", {or_null(plan.fewest), or_null(plan.most)}},
          {"known_from", known.folder.string()}};
}

double asked_difference(const Arguments& arguments, const config::TaskMetrics& task) {
  const double smallest = arguments.get<double>("smallest"), least = task.classifies() ? 0.01 : 0.0001;
  if (!(smallest >= least && smallest <= 100))
    throw RequestError("--smallest: found " + config::Json(smallest).dump() + ", allowed is " +
                       config::Json(least).dump() + " to 100" + analysis::points_of(task) +
                       ": no number of seeds shows a difference of 0");
  return smallest;
}

/// By the folder of the experiment, else by that of its pilot, which is trained first where `train` says so.
Known known_or_pilot(const experiment::Experiment& experiment, const execution::RunOptions& options, bool train,
                     const ProgressOptions& progress) {
  execution::RunOptions of_pilot = options;
  of_pilot.folder += "-pilot";
  const experiment::Experiment pilot = experiment::pilot_of(experiment);
  auto known = known_by(options.folder);
  if (!known) known = known_by(of_pilot.folder);
  if (!known && train) {
    train_and_report(pilot, of_pilot, progress);
    known = known_by(of_pilot.folder);
  }
  if (known) return *known;
  throw RequestError(options.folder.string() +
                     ": no two rows that differ have two seeds done above chance, so nothing tells the spread; --pilot "
                     "trains two rows with " +
                     std::to_string(experiment::pilot_seeds) + " seeds first, in " + of_pilot.folder.string());
}

}  // namespace

int run_plan(const Words& words) {
  Arguments arguments("plan",
                      "How many seeds, runs and hours show a difference of a size, by the spread of what is done.\n"
                      "Trains nothing without --pilot.",
                      "CONFIG", "staircase plan my.json --smallest 0.5");
  arguments.options()("smallest", "the difference that is to be shown, in points of the score",
                      cxxopts::value<double>(), "POINTS")(
      "pilot", "where nothing tells the spread yet, train two rows with " + std::to_string(experiment::pilot_seeds) +
                   " seeds first, in DIR-pilot; the experiment takes over those of them that it has too");
  add_run_options(arguments);
  add_set_option(arguments);
  if (!arguments.parse(words, 1, 1)) return 0;
  if (!arguments.has("smallest")) throw RequestError("plan needs --smallest POINTS, for example --smallest 0.5");
  const ProgressOptions progress = progress_options(arguments);
  const experiment::Experiment experiment = read_experiment(arguments);
  const double smallest = asked_difference(arguments, config::metrics_of(experiment.base.recipe.task));
  const execution::RunOptions options = run_options(arguments, experiment);
  const Known known = known_or_pilot(experiment, options, arguments.has("pilot"), progress);
  const auto design = runs::design_with(experiment, known.data);
  analysis::PooledSpread spread = known.spread;
  if (experiment.options.until) {  // which judges by each difference's own seeds alone
    spread.lent_degrees = 0;
    spread.other.reset();
  }
  const analysis::SeedPlan plan =
      analysis::plan_seeds(smallest, spread, analysis::count_comparisons(design, experiment.options));
  std::optional<Cost> cost;
  if (plan.seeds) cost = cost_of(experiment, known, options.folder, *plan.seeds);
  if (arguments.json()) print_json(plan_json(plan, cost, known));
  else std::cout << plan_text(plan, cost, known, experiment.options);
  return 0;
}

}  // namespace staircase::apps
