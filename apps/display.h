#pragma once

#include <map>
#include <string>

#include "staircase/lab/observer.h"

namespace staircase::apps {

/// Progress on stderr: on a terminal a line for every run under way, rewritten in place; plain lines elsewhere.
class Display : public lab::ExperimentObserver {
 public:
  Display();
  ~Display() override;

  std::unique_ptr<lab::RunObserver> watch(const lab::RunLabel& label) override;

 private:
  class Watcher;

  /// A line that stays.
  void print_line(const std::string& text);
  /// The line of a run under way; an empty text takes it away.
  void show_bar(size_t index, const std::string& text);
  void draw_bars();
  void clear_bars();

  bool terminal_;
  std::map<size_t, std::string> bars_;  ///< by the run's index
  size_t bars_drawn_ = 0;
};

}  // namespace staircase::apps
