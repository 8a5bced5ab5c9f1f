#pragma once

#include <chrono>

#include "staircase/lab/runner.h"

namespace staircase::apps {

/// Progress on stderr: one line that is rewritten on a terminal, plain lines elsewhere.
class Display : public lab::RunObserver {
 public:
  Display();
  ~Display() override;

  void on_run_start(size_t index, size_t runs, const std::string& name, int64_t seed) override;
  void on_run_end(const std::string& name, const config::Json& summary) override;
  void on_run_failed(const std::string& name, const std::string& reason) override;
  void on_step(const train::StepReport& report) override;
  void on_epoch(const config::Json& line) override;
  void on_warning(const std::string& text) override;

 private:
  void print_line(const std::string& text);
  void clear_bar();

  bool terminal_;
  bool bar_shown_ = false;
  std::string title_;
  std::chrono::steady_clock::time_point last_drawn_, run_start_, last_line_;
  train::StepReport last_;
};

}  // namespace staircase::apps
