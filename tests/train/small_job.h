#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "staircase/data/open_data.h"
#include "staircase/train/trainer.h"
#include "support/small_experiment.h"

namespace staircase::tests {

/// A run of the configuration, on its data, into a folder.
inline train::TrainJob job_in(const std::filesystem::path& folder,
                              const config::Configuration& configuration = small_configuration()) {
  train::TrainJob job;
  job.configuration = configuration;
  job.folder = folder;
  job.data = data::open_data(configuration.data, {"test", "/data"});
  return job;
}

inline config::Json train_through(const train::TrainJob& job) {
  train::TrainObserver nobody;
  const std::atomic<bool> never{false};
  return train::train(job, nobody, never);
}

/// Another data set, some of its images damaged, that counts how often it is read.
class ReadDataset : public data::Dataset {
 public:
  explicit ReadDataset(std::shared_ptr<const data::Dataset> dataset, std::set<size_t> damaged = {})
      : dataset_(std::move(dataset)), damaged_(std::move(damaged)) {}
  size_t size() const override { return dataset_->size(); }
  data::Image image(size_t index) const override {
    ++reads;
    if (damaged_.contains(index)) throw data::BadImage(name(index) + ": is damaged");
    return dataset_->image(index);
  }
  int64_t label(size_t index) const override { return dataset_->label(index); }
  std::string name(size_t index) const override { return dataset_->name(index); }

  mutable std::atomic<int64_t> reads{0};

 private:
  std::shared_ptr<const data::Dataset> dataset_;
  std::set<size_t> damaged_;
};

/// Asks the trainer to stop after a step, as a signal to this process alone would.
class StopAfter : public train::TrainObserver {
 public:
  explicit StopAfter(int64_t step) : step_(step) {}
  void on_step(const train::StepReport& report) override {
    if (report.step == step_) stop = true;
  }
  void on_warning(const std::string& text) override { warnings.push_back(text); }
  std::atomic<bool> stop{false};
  std::vector<std::string> warnings;

 private:
  int64_t step_;
};

}  // namespace staircase::tests
