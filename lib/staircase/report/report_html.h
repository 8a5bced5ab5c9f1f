#pragma once

#include <string>
#include <vector>

#include "staircase/config/json.h"

namespace staircase::report {

/// One page that opens without a network: charts, sortable tables, the configuration with every default,
/// machine, versions and cost. `experiments`: as report_data gives them; several are put side by side.
/// A program that was built without the chart libraries writes the page without charts.
std::string report_html(const std::vector<config::Json>& experiments);

}  // namespace staircase::report
