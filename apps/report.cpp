#include <iostream>

#include "arguments.h"
#include "console.h"
#include "staircase/lab/report.h"
#include "staircase/lab/runner.h"

namespace staircase::apps {

int run_report(const Words& words) {
  Arguments arguments("report", "Writes results.json, report.md and the .csv tables from what a folder of results holds.", "DIR",
                      "staircase report runs/quickstart");
  if (!arguments.parse(words, 1, 1)) return 0;
  const std::string folder = arguments.positional()[0];
  const config::Json results = lab::report_folder(folder);
  if (arguments.json()) print_json(results);
  else std::cout << lab::report_terminal(results, terminal_width()) << "\nWrote report.md, results.json and the .csv tables in " << folder << ".\n";
  return 0;
}

}  // namespace staircase::apps
