#pragma once

#include <string>
#include <vector>

#include "staircase/config/task_metrics.h"

namespace staircase::analysis {

/// The names under which summary.json may hold the numbers of a task: each metric, each of the averaged weights, and
/// the primary one of the part `test`.
std::vector<std::string> number_names(const config::TaskMetrics& task);

/// The number that rows are compared by, and the same of the part `test`: "top1_ema", "test_top1_ema".
std::string score_name(const config::TaskMetrics& task, bool of_average);
std::string test_name(const std::string& score);

/// What follows a difference of the primary numbers: " points" where they are in percent, else nothing.
std::string points_of(const config::TaskMetrics& task);

/// What tables call a score: "top-1 EMA", "top-1 raw".
std::string score_title(const config::TaskMetrics& task, bool of_average);

}  // namespace staircase::analysis
