#pragma once

#include <filesystem>
#include <string>

#include "staircase/report/report_data.h"

namespace staircase::report {

/// report.md: control characters escaped. With `data` it also has cost, machines, and the names of the runs.
std::string report_markdown(const analysis::Results& results, const ReportData* data = nullptr);
std::string report_csv(const analysis::Results& results);
/// The same table for a terminal, with a bar a row that starts at chance where that is known and at 0 elsewhere, and
/// says so; `width`: columns. With `folder`, the line that names the best row's weights.
std::string report_terminal(const analysis::Results& results, int width, const std::string& folder = {});

/// Writes results.json, results.csv, report.md and report.html, and where the design has them effects.csv
/// and interactions.csv, each whole or not at all. Throws std::runtime_error naming the path.
void write_reports(const std::filesystem::path& folder, const analysis::Results& results);

}  // namespace staircase::report
