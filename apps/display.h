#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <set>
#include <string>

#include "staircase/execution/observer.h"
#include "staircase/report/folder.h"
#include "whole_bar.h"

namespace staircase::apps {

/// Progress on stderr: on a terminal a line for every run under way and one for the experiment, rewritten in place; plain
/// lines elsewhere.
class Display : public execution::ExperimentObserver {
 public:
  /// `folder`: of the experiment, whose reports are kept up to date.
  explicit Display(const std::filesystem::path& folder);
  ~Display() override;

  std::unique_ptr<execution::RunObserver> watch(const execution::RunLabel& label) override;
  void on_run_over() override;
  void on_note(const std::string& text) override { print_line(text); }
  void on_warning(const std::string& text) override { print_line("warning: " + text); }

 private:
  class Watcher;

  /// A line that stays.
  void print_line(const std::string& text);
  /// The line of a run under way, of which a share is done. Drawn at most ten times a second.
  void show_bar(size_t index, const std::string& text, double share = 0);
  void remove_bar(size_t index);
  void draw();
  /// What takes the bars off the terminal, and what draws them.
  std::string clear_text();
  std::string bars_text();

  report::FreshReport report_;
  bool terminal_;
  std::set<std::string> noted_;  ///< of what runs start from
  struct Bar {
    std::string text;
    double share = 0;
  };
  std::map<size_t, Bar> bars_;  ///< by the run's index
  WholeBar whole_;
  size_t bars_drawn_ = 0;
  std::chrono::steady_clock::time_point last_drawn_;
};

}  // namespace staircase::apps
