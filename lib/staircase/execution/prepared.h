#pragma once

#include <map>

#include "staircase/data/findings.h"
#include "staircase/execution/execute.h"
#include "staircase/execution/run_options.h"

namespace staircase::execution {

/// Whether a folder is to keep this machine's number of threads where the experiment has none, or the first that trains.
enum class Threads { settled, open };

/// An experiment that was checked against its folder and its data, ready to be run.
class PreparedExperiment {
 public:
  /// Checks everything that can be checked without training, and writes nothing.
  /// Throws RequestError naming the field or the file.
  PreparedExperiment(experiment::Experiment wanted, const RunOptions& options);

  /// Takes the folder for the experiment: from here on it holds experiment.json, and the number of threads is
  /// settled, unless other machines are to settle it. Other programs that share the folder may have extended it since it was checked. Removes what killed
  /// programs left behind.
  void claim_folder(Threads threads = Threads::settled);

  /// The run's settings; a number of threads that is not settled yet is this machine's.
  RunSettings settings(torch::Device device) const;

  /// Opens the run's data, once for all runs that share it.
  train::TrainJob job(const runs::RunKey& run, torch::Device device);

  size_t count_done() const;

  /// Of an experiment with /until, once its runs are over: adds the seeds of its next look, to the folder too, and says
  /// so in a note. What is done decides, and nothing else, so every program that shares the folder adds the same.
  /// False: there is nothing to add.
  bool add_seeds();

  /// What the folder makes of the request, where that is not what it says: each in one line.
  const std::vector<std::string>& notes() const { return notes_; }

  /// Of the rows' schedules, as schedule_warnings.h says.
  std::vector<std::string> schedule_warnings();

  /// What people should know of the data sets, each said once.
  data::Findings find_in_data() const;

  const experiment::Experiment& experiment() const { return experiment_; }
  const runs::Ledger& ledger() const { return ledger_; }
  const experiment::DesignedExperiment& design() const { return design_; }
  const std::vector<runs::RunKey>& runs() const { return runs_; }

 private:
  const data::DataSource& open_data(const config::DataOptions& options);
  /// The data of the base, or of a context, decide what a model takes from them.
  experiment::DataNumbers numbers_of(const config::DataOptions& options);
  std::vector<experiment::DataNumbers> numbers_of_contexts();
  /// What all variants' data have; opens those that are not open yet.
  runs::DataShape shape_of_data();
  void check(const experiment::Variant& variant);
  void join_folder();
  /// Seeds that the folder keeps, and another score for what is done already.
  void note_what_differs(const config::ExperimentOptions& wanted);
  /// A folder that was begun with a step without one goes on.
  void check_steps_have_effect();
  /// Every run that would go on from a checkpoint: that it is its own, and that it goes on where it began.
  void check_begun_runs();

  std::map<std::string, data::DataSource> opened_;
  runs::Ledger ledger_;
  experiment::Experiment experiment_;
  RunOptions options_;
  int64_t cores_a_run_;
  runs::DataShape shape_;
  experiment::DesignedExperiment design_;
  std::vector<runs::RunKey> runs_;
  std::vector<std::string> notes_;
  std::optional<FileLock> hold_;  // of the folder, from claim_folder on
};

}  // namespace staircase::execution
