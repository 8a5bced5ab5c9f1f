#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "staircase/base/file_lock.h"
#include "staircase/experiment/design.h"
#include "staircase/runs/data_shape.h"
#include "staircase/runs/run_log.h"

namespace staircase::runs {

/// One training run of an experiment: a configuration with a seed.
struct RunKey {
  config::Configuration configuration;
  int64_t seed = 0;
  std::string row;      ///< its name in the tables: the first that has this configuration
  std::string content;  ///< names the configuration in its folder, as list_runs found it; empty: the ledger finds it
};

/// A folder that holds an experiment: experiment.json, runs/ and the reports.
class Ledger {
 public:
  explicit Ledger(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// Takes the folder for this experiment: an empty or missing one, or one that holds the same
  /// experiment, which more seeds, steps and candidates extend (the folder's seeds and threads are
  /// taken over into `experiment`), or one in which nothing was trained (free_folder.h), whatever it is of. The data may
  /// lie elsewhere by now: know_data says whether they are the same.
  /// Writes nothing. Throws RequestError naming the field in which the folder's experiment differs, or the version
  /// that wrote the folder when this one cannot read it.
  void join(experiment::Experiment& experiment);
  /// Whether join found the folder new or free: nothing of it is taken over, and its experiment.json is replaced.
  bool begins_afresh() const { return begins_afresh_; }

  /// Names runs by these data from here on, by the folder's own rule. Needed before the first experiment.json.
  /// Throws RequestError naming what changed when they are not what the folder was made with.
  void know_data(const experiment::Experiment& experiment, const DataShape& shape);

  /// Writes experiment.json, with what the data has, so that reports need no data. The folder keeps its format.
  /// Throws std::runtime_error naming the path.
  void write_experiment_file(const experiment::Experiment& experiment, const DataShape& shape) const;

  bool exists() const;

  /// The experiment of the folder. Throws RequestError when it holds none, or one of another version.
  std::pair<experiment::Experiment, DataShape> read_experiment_file() const;

  /// Names a configuration by the folder's rule: 16 hexadecimal digits. The rule is read from experiment.json when it
  /// is first needed; a folder without one has the newest. Throws RequestError for data that nothing is known of.
  std::string content_name(const config::Configuration& configuration) const;
  /// What the folder knows of the data that these options name; null: nothing, or they are drawn.
  const config::DataContent* data_content(const config::DataOptions& options) const;
  /// "<content name>-<seed>": its folder under runs/.
  std::string run_name(const RunKey& run) const;
  std::filesystem::path run_folder(const RunKey& run) const;
  bool is_done(const RunKey& run) const;
  /// summary.json of a run that is done; empty for any other, also for one whose file is damaged.
  std::optional<config::Json> summary(const RunKey& run) const;
  /// As set_damaged_summary_aside of run_log.h.
  std::string set_damaged_summary_aside(const RunKey& run) const;
  /// Why the run failed the last time; empty: it did not.
  std::optional<std::string> failure(const RunKey& run) const;
  void record_failure(const RunKey& run, const std::string& reason) const;
  void clear_failure(const RunKey& run) const;
  RunTiming timing(const RunKey& run) const;

  /// Waits for the right to change what all runs share: experiment.json and the reports. The folder exists.
  FileLock lock() const;
  /// The right to work on a run; empty: another process does. Makes the run's folder.
  std::optional<FileLock> try_lock(const RunKey& run) const;
  bool is_running(const RunKey& run) const;
  /// Of one that is_running: whether who works on it, elsewhere, may be gone (FileLock::is_in_doubt).
  bool is_in_doubt(const RunKey& run) const;
  /// Where a running run stands, as execute_run notes it; an empty object when it has not said yet.
  config::Json running_note(const RunKey& run) const;

  /// Runs of these names are read in these other folders of results from here on: for looking ahead. They are not
  /// done in this one.
  void read_elsewhere(std::map<std::string, std::filesystem::path> folders) { elsewhere_ = std::move(folders); }
  /// The folder of results in which a run of that name is read.
  const std::filesystem::path& folder_of(const std::string& run) const;

  const std::filesystem::path& folder() const { return folder_; }
  /// By whose rule the folder names its runs (config/naming.h). Throws as read_experiment_file does.
  int64_t format() const { return naming().format; }

 private:
  /// By what runs are named.
  struct Naming {
    Naming(int64_t number, std::vector<config::DataContent> known);
    int64_t format;
    std::vector<config::DataContent> sets;
    std::vector<std::string> fingerprints;  // of the sets: a large one takes a millisecond
  };
  const Naming& naming() const;

  std::filesystem::path folder_;
  std::map<std::string, std::filesystem::path> elsewhere_;
  mutable std::optional<Naming> naming_;  // as experiment.json has it, once it was read
  bool begins_afresh_ = false;
};

/// Configurations x seeds without repetition, seed by seed in the order of the table. Names each configuration once.
std::vector<RunKey> list_runs(const experiment::DesignedExperiment& design, const std::vector<int64_t>& seeds,
                              const Ledger& ledger);

}  // namespace staircase::runs
