#pragma once

#include <string>
#include <vector>

#include "staircase/report/report_data.h"

namespace staircase::report {

/// Several experiments side by side.
/// Experiments of one name are told apart by their folders: sets the label of each.
void label_experiments(std::vector<ReportData>& experiments);

/// A row a name, in the order in which they first appear; for each experiment its score and delta, and for
/// two the second's score minus the first's, as its title says, or "other data" where a score is of other data than the
/// other. Nothing says that rows of one name are the same configuration:
/// differences_table does.
TextTable comparison_table(const std::vector<ReportData>& experiments);

/// The fields in which rows of one name were trained differently, after steps and overrides; design, seeds, threads,
/// and what the data hold. A field that differs alike in all rows stands there once.
TextTable differences_table(const std::vector<ReportData>& experiments);

/// Of two experiments: that rows of one name have no difference since their data are not the same; "": none is such.
std::string other_data_note(const std::vector<ReportData>& experiments);

/// Of two experiments: what the verdicts on their difference leave out; "": there are more.
std::string seeds_alone_note(const std::vector<ReportData>& experiments);

/// The notes and both tables for a terminal.
std::string comparison_terminal(const std::vector<ReportData>& experiments);

}  // namespace staircase::report
