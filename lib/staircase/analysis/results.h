#pragma once

#include "staircase/analysis/a_a_checks.h"
#include "staircase/analysis/average_lag.h"
#include "staircase/analysis/contexts.h"
#include "staircase/analysis/effects.h"
#include "staircase/analysis/images.h"
#include "staircase/analysis/order_agreement.h"
#include "staircase/analysis/subtotals.h"
#include "staircase/config/task_metrics.h"
#include "staircase/runs/ledger.h"
#include "staircase/runs/run_config.h"

namespace staircase::analysis {

/// What a run's folder says of its way, beside summary.json. A run that several rows share is the first one's.
struct RunLog {
  size_t row = 0;
  int64_t seed = 0;
  std::string run;
  runs::RunTiming timing;
  runs::RunCurve curve;  ///< of curve_names
  runs::RunConfig config;
};

/// The axes of a grid of two.
struct Grid {
  std::vector<experiment::Axis> axes;

  static constexpr bool is_result = true;
  static constexpr std::string_view title = "grid";
  static constexpr auto fields() { return std::make_tuple(config::field("axes", &Grid::axes, "")); }
};

/// What a folder holds: the content of results.json.
struct Results {
  std::string name, description;
  config::ExperimentKind kind = config::ExperimentKind::single;
  config::Design design = config::Design::cumulative;
  std::vector<int64_t> seeds;
  /// The number that rows are compared by: the primary one of the averaged weights where the recipe of every row has
  /// an average, else of the raw ones; the same for all rows.
  std::string score, score_reason;
  ChanceLevel chance;             ///< of the first row; rows with other validation images are held to their own
  Given<AverageLag> average_lag;  ///< where the score hides what rows have learned
  size_t runs = 0, done = 0, failed = 0;
  std::vector<std::string> warnings;  ///< what could not be read of the runs
  std::vector<Row> rows;              ///< in the order of the design's variants
  Subtotals sums;
  Effects worth;
  Given<Grid> grid;
  Given<Looks> looks;                      ///< of an experiment that adds seeds
  Given<std::vector<AaCheck>> a_a_checks;  ///< where a step is one
  Given<Contexts> contexts;                ///< where there are others than the one as written
  config::Statistics statistics = config::Statistics::moderated;
  ImagesUsed validation_images;           ///< whether intervals include the choice of the validation images
  Given<OrderAgreement> order_agreement;  ///< with the published column, where there is one
  JudgedBy judged_by;  ///< of the table that the design is about: of its effects, else of the rows' deltas

  // Beside results.json:
  const config::TaskMetrics* task = nullptr;  ///< whose numbers the rows have
  std::vector<std::string> schedules;         ///< those that are too short, as experiment::schedule_warnings says
  bool of_average = false;                    ///< whether the score is that of the averaged weights
  std::vector<RunLog> logs;                   ///< of the runs that have a folder

  /// The numbers of an epoch that curves are drawn of.
  std::vector<std::string> curve_names() const { return {"epoch", "train_loss", score}; }

  static constexpr bool is_result = true;
  static constexpr std::string_view title = "results";
  static constexpr auto fields() {
    using R = Results;
    return std::make_tuple(config::field("name", &R::name, ""), config::field("description", &R::description, ""),
                           config::field("kind", &R::kind, ""), config::field("design", &R::design, ""),
                           config::field("seeds", &R::seeds, ""), config::field("score", &R::score, ""),
                           config::field("score_reason", &R::score_reason, ""), config::field("", &R::chance, ""),
                           config::field("average_lag", &R::average_lag, ""), config::field("runs", &R::runs, ""),
                           config::field("done", &R::done, ""), config::field("failed", &R::failed, ""),
                           config::field("warnings", &R::warnings, ""), config::field("rows", &R::rows, ""),
                           config::field("", &R::sums, ""), config::field("", &R::worth, ""),
                           config::field("grid", &R::grid, ""), config::field("statistics", &R::statistics, ""),
                           config::field("validation_images", &R::validation_images, ""),
                           config::field("order_agreement", &R::order_agreement, ""),
                           config::field("judged_by", &R::judged_by, ""), config::field("looks", &R::looks, ""),
                           config::field("a_a_checks", &R::a_a_checks, ""), config::field("", &R::contexts, ""));
  }
};

/// A delta is the mean difference over the seeds that both rows have. Deltas are judged together, but those of designs
/// with effects: add_effects judges these. A run whose summary.json is damaged counts as missing, with a warning.
Results build_results(const experiment::Experiment& experiment, const experiment::DesignedExperiment& design,
                      const runs::Ledger& ledger);

}  // namespace staircase::analysis

namespace staircase::config {

template <>
struct Codec<experiment::Axis> {
  static Json write(const experiment::Axis& axis) { return {{"pointer", axis.pointer}, {"values", axis.values}}; }
};

}  // namespace staircase::config
