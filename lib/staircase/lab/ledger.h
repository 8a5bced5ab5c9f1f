#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "staircase/lab/design.h"
#include "staircase/lab/run_log.h"

namespace staircase::lab {

/// One training run of an experiment: a configuration with a seed.
struct RunKey {
  config::Configuration configuration;
  int64_t seed = 0;

  /// "<16 hexadecimal digits of the content>-<seed>".
  std::string name() const;
};

/// What the data decides of a model.
struct DataShape {
  int64_t classes = 0, channels = 0;
};

/// A folder that holds an experiment: experiment.json, runs/ and the reports.
class Ledger {
 public:
  explicit Ledger(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// Takes the folder for this experiment: an empty or missing one, or one that holds the same
  /// experiment, which more seeds, steps and candidates extend (the folder's seeds and threads are
  /// taken over into `experiment`). Writes nothing.
  /// Throws RequestError naming the field in which the folder's experiment differs, or the version that
  /// wrote the folder when this one cannot read it.
  void join(Experiment& experiment) const;

  /// Writes experiment.json, with what the data has, so that reports need no data.
  /// Throws std::runtime_error naming the path.
  void write_experiment_file(const Experiment& experiment, const DataShape& shape) const;

  /// The experiment of the folder. Throws RequestError when it holds none, or one of another version.
  std::pair<Experiment, DataShape> read_experiment_file() const;

  std::filesystem::path run_folder(const RunKey& run) const;
  /// summary.json of a run that is done; empty for any other.
  std::optional<config::Json> summary(const RunKey& run) const;
  /// Why the run failed the last time; empty: it did not.
  std::optional<std::string> failure(const RunKey& run) const;
  void record_failure(const RunKey& run, const std::string& reason) const;
  void clear_failure(const RunKey& run) const;
  RunTiming timing(const RunKey& run) const;

  const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path folder_;
};

/// Configurations x seeds without repetition, seed by seed in the order of the table.
std::vector<RunKey> list_runs(const DesignedExperiment& design, const std::vector<int64_t>& seeds);

}  // namespace staircase::lab
