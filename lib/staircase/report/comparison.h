#pragma once

#include <string>
#include <vector>

#include "staircase/report/report_data.h"

namespace staircase::report {

/// Several experiments side by side.
/// Experiments of one name are told apart by their folders: sets the label of each.
void label_experiments(std::vector<ReportData>& experiments);

/// A row a name, in the order in which they first appear; for each experiment its score and delta, and for
/// two the difference of their scores. Nothing says that rows of one name are the same configuration:
/// differences_table does.
TextTable comparison_table(const std::vector<ReportData>& experiments);

/// The fields in which the experiments differ: base, overrides, design, seeds.
TextTable differences_table(const std::vector<ReportData>& experiments);

/// Both tables for a terminal.
std::string comparison_terminal(const std::vector<ReportData>& experiments);

}  // namespace staircase::report
