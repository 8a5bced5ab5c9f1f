#include "staircase/execution/taken_over.h"

#include "staircase/base/counted.h"
#include "staircase/base/some_of.h"
#include "staircase/execution/initial_weights.h"
#include "staircase/nn/libtorch.h"
#include "staircase/runs/reuse.h"

namespace staircase::execution {
namespace {

std::string kind_of(const torch::Device& device) { return device.is_cpu() ? "cpu" : "cuda"; }

/// The kind that all devices are of; empty: they are not of one kind, so which run trains on which is not known.
std::string common_kind(const std::vector<torch::Device>& devices) {
  for (const torch::Device& device : devices)
    if (device.type() != devices[0].type()) return "";
  return kind_of(devices.at(0));
}

std::string not_taken_text(const std::map<std::pair<std::string, std::string>, int>& counts) {
  std::vector<std::string> parts;
  for (const auto& [of, count] : counts)
    parts.push_back(counted(count, "run") + " in " + of.first + " (" + of.second + ")");
  const size_t most_named = 3;
  return parts.empty() ? "" : "not taken over: " + some_of(parts, most_named, "; ");
}

}  // namespace

FinishedElsewhere find_finished_elsewhere(const PreparedExperiment& experiment, const RunOptions& options) {
  FinishedElsewhere found;
  const std::string kind = common_kind(options.devices);
  if (!options.reuse || kind.empty()) return found;
  const runs::Ledger& ledger = experiment.ledger();
  const runs::Neighbours neighbours(ledger);
  if (neighbours.empty()) return found;
  const int threads = experiment.settings(options.devices[0]).threads;
  std::map<std::string, std::string> checksums;  // of each file once: they may be large
  std::map<std::pair<std::string, std::string>, int> others;  // folder and reason
  for (size_t i = 0; i < experiment.runs().size(); ++i) {
    const runs::RunKey& run = experiment.runs()[i];
    if (!is_untouched(ledger, run) || ledger.is_running(run)) continue;
    const config::InitOptions& init = run.configuration.init;
    const auto [checksum, is_new] = checksums.try_emplace(init.weights);
    if (is_new) checksum->second = initial_weights_checksum(init);
    const runs::Circumstances circumstances{kind, TORCH_VERSION, threads, checksum->second};
    if (const auto folder = neighbours.find(run, circumstances, ledger)) found.runs[i] = *folder;
    else if (const auto other = neighbours.find_other(run, circumstances, ledger))
      ++others[{other->folder.string(), other->why}];
  }
  found.others = not_taken_text(others);
  return found;
}

void take_over_finished(const PreparedExperiment& experiment, const RunOptions& options, ExperimentObserver& observer) {
  std::map<std::filesystem::path, int> counts;
  const FinishedElsewhere finished = find_finished_elsewhere(experiment, options);
  for (const auto& [index, folder] : finished.runs) {
    try {
      if (runs::take_over(folder, experiment.ledger(), experiment.runs()[index])) ++counts[folder];
    } catch (const std::runtime_error& error) {
      observer.on_warning(std::string(error.what()) + ", so the run is trained");
    }
  }
  for (const auto& [folder, count] : counts)
    observer.on_note("taken over " + counted(count, "run") + " from " + folder.string());
  if (!finished.others.empty()) observer.on_note(finished.others);
}

}  // namespace staircase::execution
