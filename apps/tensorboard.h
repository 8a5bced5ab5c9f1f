#pragma once

#include <filesystem>
#include <map>
#include <memory>

#include "staircase/config/configuration.h"
#include "staircase/config/json.h"
#include "staircase/execution/observer.h"

namespace staircase::apps {

/// Writes what runs tell into DIR/tensorboard/ROW-SEED as TensorBoard's event files, and hands it on: loss, learning rate
/// and images a second at a thousand steps of a run, the numbers of each epoch, the fields in which rows differ with
/// the final numbers, and once, before its first step, the run's first training images as the network sees them.
class Tensorboard : public execution::ExperimentObserver {
 public:
  /// `folder`: of the experiment; `inner` hears everything too.
  Tensorboard(std::filesystem::path folder, std::unique_ptr<execution::ExperimentObserver> inner)
      : folder_(std::move(folder)), inner_(std::move(inner)) {}

  std::unique_ptr<execution::RunObserver> watch(const execution::RunLabel& label) override;
  void on_run_over() override { inner_->on_run_over(); }
  void on_note(const std::string& text) override { inner_->on_note(text); }
  void on_warning(const std::string& text) override { inner_->on_warning(text); }

 private:
  class Run;
  struct Row {
    config::Configuration configuration;
    config::Json fields;  ///< that other rows have otherwise, by their pointers
  };
  const Row& row_of(const std::string& name);

  std::filesystem::path folder_;
  std::unique_ptr<execution::ExperimentObserver> inner_;
  std::map<std::string, Row> rows_;  ///< by name; empty before one is asked for
};

}  // namespace staircase::apps
