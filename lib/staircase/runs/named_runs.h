#pragma once

#include <string>
#include <vector>

#include "staircase/runs/ledger.h"

namespace staircase::runs {

/// The name of the run's folder under runs/. It takes a while to find, so it is asked for once a run.
std::string name_of(const RunKey& run);

struct NamedRun {
  RunKey key;
  std::string name;
};

/// list_runs with the names.
std::vector<NamedRun> named_runs(const experiment::DesignedExperiment& design, const std::vector<int64_t>& seeds);

/// The word that names a run in commands: "runs/my:gelu@0".
std::string run_word(const std::filesystem::path& folder, const std::string& row, int64_t seed);

}  // namespace staircase::runs
