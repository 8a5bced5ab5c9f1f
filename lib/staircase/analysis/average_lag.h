#pragma once

#include "staircase/analysis/chance.h"
#include "staircase/analysis/rows.h"
#include "staircase/config/task_metrics.h"
#include "staircase/experiment/design.h"

namespace staircase::analysis {

/// A row whose averaged weights score far below those that they average.
struct LaggingRow {
  std::string row;
  double average = 0, raw = 0;  ///< the scores' means over the seeds

  static constexpr bool is_result = true;
  static constexpr std::string_view title = "row";
  static constexpr auto fields() {
    using L = LaggingRow;
    return std::make_tuple(config::field("row", &L::row, ""), config::field("average", &L::average, ""),
                           config::field("raw", &L::raw, ""));
  }
};

/// That averages hide what their rows have learned: differences between them say little.
struct AverageLag {
  std::vector<LaggingRow> rows;
  bool from_the_start = false;  ///< one of them averages without warmup, from the initial weights on

  static constexpr bool is_result = true;
  static constexpr std::string_view title = "average lag";
  static constexpr auto fields() {
    using A = AverageLag;
    return std::make_tuple(config::field("rows", &A::rows, ""),
                           config::field("from_the_start", &A::from_the_start, ""));
  }
};

/// The least by which an average must be behind to be named, in points.
inline constexpr double average_lag_points = 2;

/// Of rows that are compared by their averaged weights: those behind their raw weights by more than average_lag_points
/// and, where the validation images are known, than twice the raw score's sampling error. Empty: there are none.
/// `rows`: in the order of the design's variants.
Given<AverageLag> average_lag(const experiment::DesignedExperiment& design, const std::vector<Row>& rows,
                              const config::TaskMetrics& task, const ChanceLevel& level);

}  // namespace staircase::analysis
