#include <algorithm>
#include <chrono>
#include <iostream>

#include "arguments.h"
#include "console.h"
#include "staircase/analysis/row_verdicts.h"
#include "staircase/base/duration.h"
#include "staircase/base/errors.h"
#include "staircase/base/text.h"
#include "staircase/report/folder.h"
#include "staircase/report/use.h"
#include "staircase/runs/ledger.h"
#include "staircase/runs/result_folders.h"

namespace staircase::apps {
namespace {

namespace fs = std::filesystem;

/// A folder of results as a line of the list.
struct Listed {
  std::string folder, name, state;
  size_t runs = 0, done = 0;
  std::string best, score;  ///< the best row and by which number; empty: no run is done
  double mean = 0;
  bool at_chance = false;
  double age_seconds = 0;
};

double age_seconds(const fs::path& folder) {
  const auto age = fs::file_time_type::clock::now() - runs::last_change(folder);
  return std::max(0.0, std::chrono::duration<double>(age).count());
}

std::string age_text(double seconds) {
  const double day = 24 * 3600;
  return seconds < 2 * day ? duration_text(seconds) : decimals(seconds / day, 0) + " days";
}

/// All runs may be done where more seeds are still to come.
bool goes_on(const fs::path& folder, const analysis::Results& results) {
  const config::ExperimentOptions options = runs::Ledger(folder).read_experiment_file().first.options;
  return options.until &&
         analysis::seeds_to_have(options, results.looks.value(), results.done == results.runs).has_value();
}

Listed list_folder(const fs::path& folder) {
  const runs::ExperimentStatus status = runs::read_status(folder);
  const analysis::Results results = report::results_of(folder);
  runs::RunState state = runs::state_of(status);
  if (state == runs::RunState::done && goes_on(folder, results)) state = runs::RunState::stopped;
  Listed listed{folder.string(), results.name, runs::to_name(state), status.runs.size(),
                status.count(runs::RunState::done)};
  if (const analysis::Row* best = report::best_row(results)) {
    listed.best = best->name;
    listed.score = results.score;
    listed.mean = best->score->mean;
    listed.at_chance = best->at_chance;
  }
  listed.age_seconds = age_seconds(folder);
  return listed;
}

config::Json to_json(const Listed& listed) {
  config::Json best = nullptr;
  if (!listed.best.empty())
    best = {{"row", listed.best}, {"score", listed.score}, {"mean", listed.mean}, {"at_chance", listed.at_chance}};
  return {{"folder", listed.folder},
          {"name", listed.name},
          {"state", listed.state},
          {"runs", listed.runs},
          {"done", listed.done},
          {"best", best},
          {"age_seconds", listed.age_seconds}};
}

std::vector<std::string> to_row(const Listed& listed) {
  const bool any = !listed.best.empty();
  return {listed.folder,
          listed.state,
          std::to_string(listed.done) + "/" + std::to_string(listed.runs),
          listed.best,
          any ? listed.score + " " + decimals(listed.mean, 2) + (listed.at_chance ? ", at chance" : "") : "",
          age_text(listed.age_seconds)};
}

}  // namespace

int run_list(const Words& words) {
  Arguments arguments(
      "list",
      "The folders of results in DIR (default: runs): their state, runs done of all, best row, and how\n"
      "long ago something was trained in them.",
      "[DIR]", "staircase list");
  if (!arguments.parse(words, 0, 1)) return 0;
  const fs::path place = arguments.positional().empty() ? "runs" : arguments.positional()[0];
  config::Json list = config::Json::array();
  std::vector<std::vector<std::string>> rows;
  for (const fs::path& folder : runs::result_folders(place)) {
    try {
      const Listed listed = list_folder(folder);
      list.push_back(to_json(listed));
      rows.push_back(to_row(listed));
    } catch (const RequestError& error) {
      print_warning(error.what());
    }
  }
  if (arguments.json()) print_json(list);
  else if (rows.empty()) std::cout << place.string() << ": holds no folder of results\n";
  else
    print_table({"folder", "state", "done", "best row", "score", "age"}, {false, false, true, false, false, true},
                rows);
  return 0;
}

}  // namespace staircase::apps
