#pragma once

#include <filesystem>

#include "staircase/config/json.h"
#include "staircase/execution/observer.h"
#include "staircase/report/folder.h"

namespace staircase::apps {

/// Progress for programs: a JSON object a line on stderr, each with "event":
/// run_started, step (at most one a second of each run), epoch, run_done, run_failed, each with "row", "seed", "run" (from
/// 1) and "runs"; note and warning, with "text". step has "epoch", "epochs", "step", "steps", "loss", "learning_rate",
/// "images_per_second", "seconds_left"; epoch and run_done have "numbers", as metrics.jsonl and summary.json do.
class ProgressEvents : public execution::ExperimentObserver {
 public:
  explicit ProgressEvents(const std::filesystem::path& folder) : report_(folder) {}

  std::unique_ptr<execution::RunObserver> watch(const execution::RunLabel& label) override;
  void on_run_over() override;
  void on_note(const std::string& text) override;
  void on_warning(const std::string& text) override;

 private:
  report::FreshReport report_;
};

}  // namespace staircase::apps
