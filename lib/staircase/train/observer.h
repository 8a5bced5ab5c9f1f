#pragma once

#include <cstdint>
#include <string>

#include "staircase/config/json.h"

namespace staircase::train {

/// Where a run stands, for displays.
struct StepReport {
  int64_t epoch = 0, epochs = 0;  ///< 1-based
  int64_t step = 0, steps = 0;    ///< optimizer steps of the whole run, 1-based
  double loss = 0, learning_rate = 0, images_per_second = 0, seconds_left = 0;
};

/// What a run tells while it goes on. The library never prints.
class TrainObserver {
 public:
  virtual ~TrainObserver() = default;
  virtual void on_step(const StepReport&) {}
  /// `line`: what went into metrics.jsonl for this epoch.
  virtual void on_epoch(const config::Json& line) { (void)line; }
  virtual void on_warning(const std::string&) {}
  /// What the run started from, where that is not random weights.
  virtual void on_note(const std::string& text) { (void)text; }
};

}  // namespace staircase::train
