#pragma once

#include <memory>
#include <string>

#include "staircase/train/trainer.h"

namespace staircase::execution {

/// What one run tells, from its start to its end.
class RunObserver : public train::TrainObserver {
 public:
  virtual void on_start() {}
  virtual void on_end(const config::Json& summary) { (void)summary; }
  virtual void on_failed(const std::string& reason) { (void)reason; }
};

/// Which run of an experiment it is.
struct RunLabel {
  size_t index = 0, runs = 0;  ///< from 1
  std::string name;            ///< of its row
  int64_t seed = 0;
};

/// What an experiment tells. Several runs may be under way at once; all calls come from one thread.
class ExperimentObserver {
 public:
  virtual ~ExperimentObserver() = default;
  /// The observer of a run that is about to start.
  virtual std::unique_ptr<RunObserver> watch(const RunLabel& label) {
    (void)label;
    return std::make_unique<RunObserver>();
  }
  /// A run is done or has failed, so the folder has more to report.
  virtual void on_run_over() {}
  /// What was found in the experiment's data.
  virtual void on_note(const std::string& text) { (void)text; }
  /// Of the experiment as a whole.
  virtual void on_warning(const std::string& text) { (void)text; }
};

}  // namespace staircase::execution
