#include "staircase/report/folder.h"

#include "staircase/analysis/results.h"
#include "staircase/report/comparison.h"
#include "staircase/report/report.h"
#include "staircase/runs/ledger.h"

namespace staircase::report {
namespace fs = std::filesystem;

analysis::Results results_of(const fs::path& folder) {
  const runs::Ledger ledger(folder);
  const auto [experiment, shape] = ledger.read_experiment_file();
  return analysis::build_results(experiment, runs::design_with(experiment, shape), ledger);
}

analysis::Results report_folder(const fs::path& folder) {
  const runs::Ledger ledger(folder);
  const auto lock = ledger.exists() ? std::optional<FileLock>(ledger.lock()) : std::nullopt;
  analysis::Results results = results_of(folder);
  write_reports(folder, results);
  return results;
}

std::vector<ReportData> read_experiments(const std::vector<fs::path>& folders) {
  std::vector<ReportData> experiments;
  for (const fs::path& folder : folders) experiments.push_back(report_data(folder, results_of(folder)));
  for (const ReportData& each : experiments)
    if (each.results.task != experiments[0].results.task)
      throw RequestError(each.folder + ": holds runs of the task " + std::string(each.results.task->task) + ", and " +
                         experiments[0].folder + " of " + std::string(experiments[0].results.task->task) +
                         ": they have no number in common; report them one by one");
  label_experiments(experiments);
  return experiments;
}

std::optional<std::string> FreshReport::run_over() {
  const auto start = Clock::now();
  if (start < next_) return std::nullopt;
  std::optional<std::string> problem;
  try {
    report_folder(folder_);
  } catch (const std::exception& error) {
    problem = error.what();
  }
  const auto end = Clock::now();
  const int share = 20;
  next_ = end + share * (end - start);
  return problem;
}

}  // namespace staircase::report
