#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "staircase/config/json.h"

namespace staircase::runs {

enum class RunState {
  done,
  running,
  failed,
  damaged,  ///< its summary.json is: the next start sets that aside and does the run again
  stopped,  ///< begun, and nobody works on it: the next start goes on with it
  waiting,
};

const char* to_name(RunState state);

struct RunStatus {
  std::string row;   ///< its name in the tables
  std::string run;   ///< its folder's name under runs/
  std::string word;  ///< that names it in commands: DIR:ROW@SEED
  int64_t seed = 0;
  RunState state = RunState::waiting;
  std::string holds;   ///< which weights its weights.safetensors has, "EMA" or "raw"; empty: it is not done
  std::string reason;  ///< why it failed
  int64_t epochs_done = 0, epochs = 0;
  int64_t next_step = 0, steps = 0;  ///< of a stopped one: from 1, where it goes on; and of the whole run; 0: not known
  config::Json note = config::Json::object();  ///< of a running one, as execute_run leaves it
  std::optional<double> seconds_left;          ///< 0 for a done or failed one; empty: not known
};

/// Where a run stands: `folder` of the experiment, `run` its folder's name under runs/.
RunState read_run_state(const std::filesystem::path& folder, const std::string& run);

/// What the runs of a folder are at, now.
struct ExperimentStatus {
  std::vector<RunStatus> runs;
  /// Until the last run ends, with as many side by side as now; one after another when none runs. Empty: not known yet.
  std::optional<double> hours_left;
  std::vector<std::string> warnings;  ///< what could not be read, so that its run counts as not done

  size_t count(RunState state) const;
  config::Json to_json() const;
};

/// Reads a folder that other programs may be working on, and changes nothing in it.
/// Throws RequestError when it holds no experiment.
ExperimentStatus read_status(const std::filesystem::path& folder);

}  // namespace staircase::runs
