#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "staircase/report/report_data.h"

namespace staircase::report {

/// What the folder holds now. Writes nothing.
/// Throws RequestError when the folder holds no experiment.
analysis::Results results_of(const std::filesystem::path& folder);

/// Rewrites the reports of a folder from what it holds. Returns that.
/// Throws RequestError when the folder holds no experiment.
analysis::Results report_folder(const std::filesystem::path& folder);

/// The experiments of several folders, labelled for a comparison. Writes nothing.
/// Throws RequestError when a folder holds no experiment.
std::vector<ReportData> read_experiments(const std::vector<std::filesystem::path>& folders);

/// Keeps the reports of a folder up to date while its runs end. A report costs what all runs together cost to read,
/// so it is made anew only when 20 times what the last one took has passed since: a run that ends costs the folder
/// a bounded share of the time, however many there are.
class FreshReport {
 public:
  explicit FreshReport(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// Returns what kept the report from being written, or nothing: the last report may still succeed.
  std::optional<std::string> run_over();

 private:
  using Clock = std::chrono::steady_clock;
  std::filesystem::path folder_;
  Clock::time_point next_;
};

}  // namespace staircase::report
