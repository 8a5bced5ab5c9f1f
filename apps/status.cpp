#include <iostream>

#include "arguments.h"
#include "console.h"
#include "staircase/base/counted.h"
#include "staircase/base/duration.h"
#include "staircase/base/text.h"
#include "staircase/report/context_table.h"
#include "staircase/report/folder.h"
#include "staircase/runs/ledger.h"
#include "staircase/runs/status.h"

namespace staircase::apps {
namespace {

using runs::RunState;
using runs::RunStatus;

/// ", goes on after step 20 of 40", as `run` says it.
std::string goes_on(const RunStatus& run) {
  return ", goes on after step " + grouped_digits(run.next_step - 1) +
         (run.steps == 0 ? "" : " of " + grouped_digits(run.steps));
}

std::string progress(const RunStatus& run) {
  if (run.state == RunState::failed) return run.reason;
  if (run.state == RunState::done) return "";
  if (run.state == RunState::damaged)
    return "summary.json is damaged: the next start sets it aside and does the run again";
  std::string text = std::to_string(run.epochs_done) + "/" + std::to_string(run.epochs) + " epochs";
  if (run.note.contains("step"))
    text += ", step " + std::to_string(run.note["step"].get<int64_t>()) + "/" +
            std::to_string(run.note["steps"].get<int64_t>());
  if (run.next_step > 0) text += goes_on(run);
  return text;
}

void print_status(const runs::ExperimentStatus& status) {
  std::vector<std::vector<std::string>> rows;
  for (const RunStatus& run : status.runs) {
    const bool tells = run.note.contains("images_per_second"), open = run.state != RunState::done;
    rows.push_back({run.word, "runs/" + run.run, runs::to_name(run.state), run.holds, run.note.value("host", ""),
                    run.note.value("device", ""),
                    tells ? decimals(run.note["images_per_second"].get<double>(), 0) : "",
                    run.seconds_left && open && run.state != RunState::failed ? clock_text(*run.seconds_left) : "",
                    progress(run)});
  }
  report::TextTable table{{"run", "folder", "state", "weights", "host", "device", "images/s", "time left", "progress"},
                          {false, false, false, false, false, false, true, true, false},
                          std::move(rows)};
  report::drop_empty_columns(table);
  if (!table.rows.empty()) print_table(table.header, table.right, table.rows);
  std::vector<std::string> counts;
  for (const RunState state :
       {RunState::done, RunState::running, RunState::failed, RunState::damaged, RunState::stopped, RunState::waiting})
    if (const size_t count = status.count(state)) counts.push_back(std::to_string(count) + " " + runs::to_name(state));
  const size_t open = status.runs.size() - status.count(RunState::done) - status.count(RunState::failed);
  std::cout << counted(static_cast<long long>(status.runs.size()), "run") << ": " << join(counts) << ".";
  if (open > 0)
    std::cout << (status.hours_left ? " About " + duration_text(*status.hours_left * 3600) + " left."
                                    : " The time left is not known yet.");
  std::cout << "\n";
}

/// The results of a folder that adds seeds until its differences are decided; of others they are not asked for.
std::optional<analysis::Results> results_with_looks(const std::string& folder) {
  if (!runs::Ledger(folder).read_experiment_file().first.options.until) return std::nullopt;
  return report::results_of(folder);
}

}  // namespace

int run_status(const Words& words) {
  Arguments arguments("status", "What the runs of a folder are at, while other programs work on it or not.", "DIR",
                      "staircase status runs/quickstart");
  if (!arguments.parse(words, 1, 1)) return 0;
  const runs::ExperimentStatus status = runs::read_status(arguments.positional()[0]);
  print_warnings(status.warnings);
  const auto results = results_with_looks(arguments.positional()[0]);
  if (arguments.json()) {
    config::Json content = status.to_json();
    if (results) content["looks"] = analysis::write_result(*results->looks);
    print_json(content);
    return 0;
  }
  print_status(status);
  if (results)
    for (const std::string& line : report::look_notes(*results)) std::cout << line << ".\n";
  return 0;
}

}  // namespace staircase::apps
