#pragma once

#include <filesystem>
#include <string>

#include "staircase/config/json.h"

namespace staircase::report {

/// What the folder's readers see, from the content of results.json.
std::string report_markdown(const config::Json& results, const config::Json& data = nullptr);
std::string report_csv(const config::Json& results);
/// The same table for a terminal, with a bar a row; `width`: columns.
std::string report_terminal(const config::Json& results, int width);

/// Writes results.json, results.csv, report.md and report.html, and where the design has them effects.csv
/// and interactions.csv, each whole or not at all; report.html also shows what the runs of the folder
/// hold. Throws std::runtime_error naming the path.
void write_reports(const std::filesystem::path& folder, const config::Json& results);

}  // namespace staircase::report
