#include "staircase/execution/taken_over.h"

#include "staircase/base/counted.h"
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

}  // namespace

std::map<size_t, std::filesystem::path> find_finished_elsewhere(const PreparedExperiment& experiment,
                                                                const RunOptions& options) {
  std::map<size_t, std::filesystem::path> found;
  const std::string kind = common_kind(options.devices);
  if (!options.reuse || kind.empty()) return found;
  const runs::Ledger& ledger = experiment.ledger();
  const runs::Neighbours neighbours(ledger);
  if (neighbours.empty()) return found;
  const int threads = experiment.settings(options.devices[0]).threads;
  std::map<std::string, std::string> checksums;  // of each file once: they may be large
  for (size_t i = 0; i < experiment.runs().size(); ++i) {
    const runs::RunKey& run = experiment.runs()[i];
    if (!is_untouched(ledger, run) || ledger.is_running(run)) continue;
    const config::InitOptions& init = run.configuration.init;
    const auto [checksum, is_new] = checksums.try_emplace(init.weights);
    if (is_new) checksum->second = initial_weights_checksum(init);
    if (const auto folder = neighbours.find(run, {kind, TORCH_VERSION, threads, checksum->second}, ledger))
      found[i] = *folder;
  }
  return found;
}

void take_over_finished(const PreparedExperiment& experiment, const RunOptions& options, ExperimentObserver& observer) {
  std::map<std::filesystem::path, int> counts;
  for (const auto& [index, folder] : find_finished_elsewhere(experiment, options)) {
    try {
      if (runs::take_over(folder, experiment.ledger(), experiment.runs()[index])) ++counts[folder];
    } catch (const std::runtime_error& error) {
      observer.on_warning(std::string(error.what()) + ", so the run is trained");
    }
  }
  for (const auto& [folder, count] : counts)
    observer.on_note("taken over " + counted(count, "run") + " from " + folder.string());
}

}  // namespace staircase::execution
