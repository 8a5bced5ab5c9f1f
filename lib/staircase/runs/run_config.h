#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "staircase/config/json.h"

namespace staircase::runs {

/// What a run was started with, as texts; "?" where its config.json does not say.
struct RunStart {
  std::string source;  ///< "0.1.0 (abc1234)": version and revision
  std::string libtorch, compiler, machine, device, threads;
  std::string processes;  ///< empty where the file does not say: one

  bool operator==(const RunStart&) const = default;
  /// "cpu" or "cuda": cards of one machine count as one kind.
  std::string device_kind() const { return device.substr(0, device.find(':')); }
};

/// config.json of a run.
struct RunConfig {
  config::Json configuration;    ///< as trained, with every default; null: not known
  std::vector<RunStart> starts;  ///< in their order; empty: not known
  std::string initial_weights;   ///< checksum of the file that it started from; empty: none, or not known
  std::string damage;            ///< "runs/x/config.json: is damaged and was left out"; empty: it is not
};

/// A missing or damaged file says nothing. Files from before starts were listed hold one, at their top.
RunConfig read_run_config(const std::filesystem::path& folder, const std::string& run);

}  // namespace staircase::runs
