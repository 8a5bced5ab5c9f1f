#include "staircase/execution/prepared.h"

#include <algorithm>
#include <thread>

#include "staircase/base/errors.h"
#include "staircase/base/files.h"
#include "staircase/data/open_data.h"
#include "staircase/execution/initial_weights.h"

namespace staircase::execution {
namespace {

/// The data after overrides, which decides classes and channels. Steps may not change it from under a model.
config::DataOptions data_of(const experiment::Experiment& experiment) {
  config::Configuration configuration = experiment.base;
  for (const auto& [pointer, value] : experiment.options.override_fields.items())
    if (pointer.starts_with("/data"))
      config::set_field(configuration, pointer, value, experiment.source, experiment::model_reader());
  return configuration.data;
}

}  // namespace

PreparedExperiment::PreparedExperiment(experiment::Experiment wanted, const std::filesystem::path& folder, int64_t jobs)
    : ledger_(folder),
      experiment_(std::move(wanted)),
      cores_a_run_(std::max<int64_t>(1, std::thread::hardware_concurrency() / std::max<int64_t>(1, jobs))) {
  ledger_.join(experiment_);
  const data::DataSource& data = open_data(data_of(experiment_));
  shape_ = {static_cast<int64_t>(data.class_names.size()), data.channels};
  design_ = experiment::design_variants(experiment_, shape_.classes, shape_.channels);
  runs_ = runs::list_runs(design_, experiment_.options.seeds);
  check_initial_weights(ledger_, runs_);
  for (const experiment::Variant& variant : design_.variants) check(variant);
  for (const runs::RunKey& run : runs_)
    if (!ledger_.is_done(run) && !ledger_.is_running(run)) train::check_checkpoint(job(run, torch::kCPU));
}

const data::DataSource& PreparedExperiment::open_data(const config::DataOptions& options) {
  const std::string key = config::write_options(options).dump();
  auto found = opened_.find(key);
  if (found == opened_.end())
    found = opened_.emplace(key, data::open_data(options, {experiment_.source, "/data"}, ledger_.folder())).first;
  return found->second;
}

void PreparedExperiment::check(const experiment::Variant& variant) {
  try {
    train::check_job(job({variant.configuration, 0, variant.name}, torch::kCPU));
  } catch (const RequestError& error) {
    throw RequestError(std::string(error.what()) + " (in the configuration " + variant.name + ")");
  }
}

void PreparedExperiment::claim_folder() {
  make_folder(ledger_.folder());
  const FileLock lock = ledger_.lock();
  remove_unfinished_files(ledger_.folder());
  ledger_.join(experiment_);
  if (experiment_.options.threads == 0) experiment_.options.threads = cores_a_run_;
  ledger_.write_experiment_file(experiment_, shape_);
  for (const auto& [options, data] : opened_)
    if (data.keep_index) data.keep_index();
  runs_ = runs::list_runs(design_, experiment_.options.seeds);
}

RunSettings PreparedExperiment::settings(torch::Device device) const {
  const config::ExperimentOptions& options = experiment_.options;
  const auto or_cores = [&](int64_t wanted) { return static_cast<int>(wanted ? wanted : cores_a_run_); };
  return {device, or_cores(options.threads), or_cores(options.loader_workers), options.checkpoint_minutes};
}

train::TrainJob PreparedExperiment::job(const runs::RunKey& run, torch::Device device) {
  return make_job(ledger_, run, settings(device), open_data(run.configuration.data));
}

size_t PreparedExperiment::count_done() const {
  return static_cast<size_t>(
      std::count_if(runs_.begin(), runs_.end(), [&](const runs::RunKey& run) { return ledger_.is_done(run); }));
}

}  // namespace staircase::execution
