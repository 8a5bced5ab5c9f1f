#pragma once

#include <map>

#include "staircase/base/errors.h"
#include "staircase/base/files.h"
#include "staircase/execution/runner.h"
#include "support/refusal.h"
#include "support/small_experiment.h"
#include "support/temporary_folder.h"

namespace staircase::tests {

/// Hears what an experiment tells, and may ask it to stop after a step of its first run.
class Listener : public execution::ExperimentObserver {
 public:
  explicit Listener(int64_t stop_after_step = -1) : stop_after_step_(stop_after_step) {}
  std::unique_ptr<execution::RunObserver> watch(const execution::RunLabel& label) override {
    return std::make_unique<OfRun>(*this, label.name + "@" + std::to_string(label.seed));
  }

  std::vector<std::string> ended, failed;
  std::map<std::string, int64_t> first_step;  ///< 1-based, by "row@seed"
  std::atomic<bool> stop{false};

 private:
  struct OfRun : execution::RunObserver {
    OfRun(Listener& all, std::string run) : listener(all), name(std::move(run)) {}
    void on_step(const train::StepReport& report) override {
      listener.first_step.try_emplace(name, report.step);
      if (report.step == listener.stop_after_step_) listener.stop = true;
    }
    void on_end(const config::Json&) override { listener.ended.push_back(name); }
    void on_failed(const std::string& reason) override { listener.failed.push_back(name + ": " + reason); }
    Listener& listener;
    std::string name;
  };
  int64_t stop_after_step_;
};

inline void run(const config::Json& content, const std::filesystem::path& folder, Listener& listener,
                bool elsewhere = false) {
  execution::RunOptions options;
  options.folder = folder;
  options.elsewhere = elsewhere;
  execution::run_experiment(experiment::resolve_experiment(content, "x.json"), options, listener, listener.stop);
}

/// A run of 3 epochs with 5 steps each on drawn images.
inline config::Json single_run() {
  config::Configuration c = small_configuration();
  c.model.num_classes = c.model.in_channels = 0;
  return {{"name", "single"},    {"kind", "single"}, {"threads", 1},
          {"loader_workers", 1}, {"seeds", {0}},     {"base", config::write_configuration(c)}};
}

/// The folder of the only run.
inline std::filesystem::path only_run(const std::filesystem::path& folder) {
  return std::filesystem::directory_iterator(folder / "runs")->path();
}

/// Leaves a run of an experiment stopped after a step, with its checkpoint.
inline void stop_in_the_middle(const config::Json& content, const std::filesystem::path& folder, int64_t step) {
  Listener listener(step);
  try {
    run(content, folder, listener);
  } catch (const Interrupted&) {
    return;
  }
  throw std::logic_error("the run was not stopped");
}

}  // namespace staircase::tests
