#pragma once

#include <unordered_map>

#include "staircase/analysis/results.h"

namespace staircase::analysis {

/// Reads each run once, however many rows share it, and counts it among the results: the runs, those that are done or
/// have failed, their logs, and what could not be read of them.
class RunReader {
 public:
  RunReader(const runs::Ledger& ledger, Results& results) : ledger_(ledger), results_(results) {}

  SeedResult read(const runs::RunKey& run);

 private:
  SeedResult read_new(int64_t seed, const std::string& name);

  const runs::Ledger& ledger_;
  Results& results_;
  std::unordered_map<std::string, SeedResult> read_;
};

}  // namespace staircase::analysis
