#include "staircase/analysis/score.h"

namespace staircase::analysis {
namespace {

const std::string of_average_suffix = "_ema";

}  // namespace

std::vector<std::string> number_names(const config::TaskMetrics& task) {
  std::vector<std::string> names;
  for (const std::string& suffix : {std::string(), of_average_suffix})
    for (const config::Metric& metric : task.metrics) names.push_back(std::string(metric.name) + suffix);
  for (const bool of_average : {false, true}) names.push_back(test_name(score_name(task, of_average)));
  return names;
}

std::string score_name(const config::TaskMetrics& task, bool of_average) {
  return std::string(task.primary_metric().name) + (of_average ? of_average_suffix : "");
}

std::string test_name(const std::string& score) { return "test_" + score; }

std::string points_of(const config::TaskMetrics& task) { return task.primary_metric().unit == "%" ? " points" : ""; }

std::string score_title(const config::TaskMetrics& task, bool of_average) {
  return std::string(task.primary_metric().title) + (of_average ? " EMA" : " raw");
}

}  // namespace staircase::analysis
