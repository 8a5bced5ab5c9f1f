#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "staircase/config/recipe_options.h"

namespace staircase::config {

/// One of the numbers that an evaluation gives. It stands under `name` in metrics.jsonl and summary.json, with the
/// suffix "_ema" where the averaged weights gave it and the prefix "test_" where the part `test` did.
struct Metric {
  std::string_view name;   ///< "top1"
  std::string_view title;  ///< in tables, "top-1"
  std::string_view unit;   ///< "%", or nothing
  bool higher_is_better = true;
  int digits = 2;  ///< decimals where no spread says how many
};

/// What trainer, tables and statistics know of a task: its numbers, and the one that rows are compared by.
struct TaskMetrics {
  std::string_view task;
  std::vector<Metric> metrics;
  size_t primary = 0;

  const Metric& primary_metric() const { return metrics.at(primary); }
  /// Whether answers are right or wrong, so that there are classes, chance and images that one network gets right.
  bool classifies() const { return task == "classification"; }
};

/// Image classification: top1 (primary) and top5 in percent, and the cross-entropy without smoothing.
const TaskMetrics& classification_metrics();

/// Masked autoencoding: the mean squared error over hidden cells of normalized pixels.
const TaskMetrics& masked_autoencoding_metrics();

const TaskMetrics& metrics_of(TaskKind task);

}  // namespace staircase::config
