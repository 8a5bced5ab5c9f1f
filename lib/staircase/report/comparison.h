#pragma once

#include <string>
#include <vector>

#include "staircase/report/report_data.h"

namespace staircase::report {

/// Several experiments side by side.
/// Experiments of one name are told apart by their folders: sets the label of each.
void label_experiments(std::vector<ReportData>& experiments);

/// A row a name, in the order in which they first appear; for each experiment its score and delta, and for
/// two the second's score minus the first's, as its title says. Nothing says that rows of one name are the same configuration:
/// differences_table does.
TextTable comparison_table(const std::vector<ReportData>& experiments);

/// The fields in which rows of one name were trained differently, after steps and overrides; design, seeds, threads,
/// and what the data hold. A field that differs alike in all rows stands there once.
TextTable differences_table(const std::vector<ReportData>& experiments);

/// Both tables for a terminal.
std::string comparison_terminal(const std::vector<ReportData>& experiments);

}  // namespace staircase::report
