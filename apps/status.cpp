#include <iostream>

#include "arguments.h"
#include "console.h"
#include "staircase/base/text.h"
#include "staircase/runs/status.h"

namespace staircase::apps {
namespace {

using runs::RunState;
using runs::RunStatus;

std::string progress(const RunStatus& run) {
  if (run.state == RunState::failed) return run.reason;
  std::string text = std::to_string(run.epochs_done) + "/" + std::to_string(run.epochs) + " epochs";
  if (run.note.contains("step"))
    text += ", step " + std::to_string(run.note["step"].get<int64_t>()) + "/" +
            std::to_string(run.note["steps"].get<int64_t>());
  return text;
}

void print_status(const runs::ExperimentStatus& status) {
  std::vector<std::vector<std::string>> rows;
  for (const RunStatus& run : status.runs) {
    if (run.state == RunState::done) continue;
    const bool tells = run.note.contains("images_per_second");
    rows.push_back({run.row, std::to_string(run.seed), runs::to_name(run.state), run.note.value("device", ""),
                    tells ? decimals(run.note["images_per_second"].get<double>(), 0) : "",
                    run.seconds_left && run.state != RunState::failed ? clock_text(*run.seconds_left) : "",
                    progress(run)});
  }
  if (!rows.empty())
    print_table({"row", "seed", "state", "device", "images/s", "time left", "progress"},
                {false, true, false, false, true, true, false}, rows);
  std::vector<std::string> counts;
  for (const RunState state :
       {RunState::done, RunState::running, RunState::failed, RunState::stopped, RunState::waiting})
    if (const size_t count = status.count(state)) counts.push_back(std::to_string(count) + " " + runs::to_name(state));
  const size_t open = status.runs.size() - status.count(RunState::done) - status.count(RunState::failed);
  std::cout << status.runs.size() << " runs: " << join(counts) << ".";
  if (open > 0)
    std::cout << (status.hours_left ? " About " + duration_text(*status.hours_left) + " left."
                                    : " The time left is not known yet.");
  std::cout << "\n";
}

}  // namespace

int run_status(const Words& words) {
  Arguments arguments("status", "What the runs of a folder are at, while other programs work on it or not.", "DIR",
                      "staircase status runs/quickstart");
  if (!arguments.parse(words, 1, 1)) return 0;
  const runs::ExperimentStatus status = runs::read_status(arguments.positional()[0]);
  if (arguments.json()) print_json(status.to_json());
  else print_status(status);
  return 0;
}

}  // namespace staircase::apps
