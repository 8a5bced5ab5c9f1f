#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <set>
#include <string>

#include "staircase/execution/observer.h"
#include "staircase/report/folder.h"

namespace staircase::apps {

/// Progress on stderr: on a terminal a line for every run under way, rewritten in place; plain lines elsewhere.
class Display : public execution::ExperimentObserver {
 public:
  /// `folder`: of the experiment, whose reports are kept up to date.
  explicit Display(const std::filesystem::path& folder);
  ~Display() override;

  std::unique_ptr<execution::RunObserver> watch(const execution::RunLabel& label) override;
  void on_run_over() override;
  void on_warning(const std::string& text) override { print_line("warning: " + text); }
  void on_note(const std::string& text) override { print_line(text); }

 private:
  class Watcher;

  /// A line that stays.
  void print_line(const std::string& text);
  /// The line of a run under way; an empty text takes it away. Drawn at most ten times a second.
  void show_bar(size_t index, const std::string& text);
  /// What takes the bars off the terminal, and what draws them.
  std::string clear_text();
  std::string bars_text();

  report::FreshReport report_;
  bool terminal_;
  std::set<std::string> noted_;         ///< of what runs start from
  std::map<size_t, std::string> bars_;  ///< by the run's index
  size_t bars_drawn_ = 0;
  std::chrono::steady_clock::time_point last_drawn_;
};

}  // namespace staircase::apps
