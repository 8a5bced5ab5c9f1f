#pragma once

#include <string>
#include <vector>

#include "staircase/runs/ledger.h"

namespace staircase::execution {

/// The experiment with the weights file of each run that /init/weights names as DIR:ROW@SEED (runs/run_weights.h) in
/// place of that name: a run then is the one that the file's path makes it. Throws config::ConfigError.
experiment::Experiment with_runs_found(experiment::Experiment experiment);

/// Refuses a weights file that does not exist. `source`: the experiment's file, for messages. Throws
/// config::ConfigError.
void check_weights_exist(const config::InitOptions& init, const std::string& source);

/// The checksum of the weights file that a run starts from, 8 hexadecimal digits; "" for none.
/// Throws RequestError naming the file when it cannot be read.
std::string initial_weights_checksum(const config::InitOptions& init);

/// A run is named by its config, in which initial weights are a path: what lies there must still be what the
/// runs of the folder started from. Throws RequestError naming the file and the run where it is not.
void check_initial_weights(const runs::Ledger& ledger, const std::vector<runs::RunKey>& runs);

}  // namespace staircase::execution
