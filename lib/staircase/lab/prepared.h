#pragma once

#include <map>

#include "staircase/lab/ledger.h"
#include "staircase/train/trainer.h"

namespace staircase::lab {

/// Opens each data set once, however many configurations use it.
class DataCache {
 public:
  /// Throws RequestError, as data::open_data does.
  const data::DataSource& open(const config::DataOptions& options, const std::string& source);

 private:
  std::map<std::string, data::DataSource> opened_;
};

/// An experiment, its folder and its data, ready to be run.
class PreparedExperiment {
 public:
  /// Checks everything that can be checked without training, and writes nothing. `jobs`: runs side by side.
  /// Throws RequestError naming the field or the file.
  PreparedExperiment(Experiment wanted, const std::filesystem::path& folder, int64_t jobs);

  /// The experiment that a folder holds, which was checked when the folder was written.
  PreparedExperiment(const std::filesystem::path& folder, int64_t jobs);

  /// Takes the folder for the experiment: from here on it holds experiment.json. Other programs that share the
  /// folder may have extended it since it was checked.
  void claim_folder();

  train::TrainJob job(const RunKey& run, torch::Device device);

  size_t count_done() const;

  const Experiment& experiment() const { return experiment_; }
  const Ledger& ledger() const { return ledger_; }
  const DesignedExperiment& design() const { return design_; }
  const std::vector<RunKey>& runs() const { return runs_; }

 private:
  void check(const Variant& variant);

  DataCache cache_;
  Ledger ledger_;
  Experiment experiment_;
  DataShape shape_;
  DesignedExperiment design_;
  std::vector<RunKey> runs_;
  int64_t loader_workers_ = 1;
};

}  // namespace staircase::lab
