#pragma once

#include <string>
#include <vector>

#include "staircase/report/report_data.h"

namespace staircase::report {

/// One page that opens without a network: charts, sortable tables, the configuration with every default,
/// machine, versions and cost. Several experiments are put side by side.
/// A program that was built without the chart libraries writes the page without charts.
std::string report_html(const std::vector<ReportData>& experiments);

}  // namespace staircase::report
