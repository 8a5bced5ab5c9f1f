#include "staircase/lab/prepared.h"

#include <algorithm>
#include <thread>
#include <tuple>

#include "staircase/base/errors.h"
#include "staircase/base/files.h"
#include "staircase/data/open_data.h"
#include "staircase/lab/initial_weights.h"

namespace staircase::lab {
namespace {

/// The data after overrides, which decides classes and channels. Steps may not change it from under a model.
config::DataOptions data_of(const Experiment& experiment) {
  config::Configuration configuration = experiment.base;
  for (const auto& [pointer, value] : experiment.options.override_fields.items())
    if (pointer.starts_with("/data")) config::set_field(configuration, pointer, value, experiment.source, model_reader());
  return configuration.data;
}

/// The cores of each of several runs that go on side by side.
int64_t cores_a_run(int64_t jobs) { return std::max<int64_t>(1, std::thread::hardware_concurrency() / std::max<int64_t>(1, jobs)); }

}  // namespace

const data::DataSource& DataCache::open(const config::DataOptions& options, const std::string& source) {
  const std::string key = config::write_options(options).dump();
  auto found = opened_.find(key);
  if (found == opened_.end()) found = opened_.emplace(key, data::open_data(options, {source, "/data"})).first;
  return found->second;
}

PreparedExperiment::PreparedExperiment(Experiment wanted, const std::filesystem::path& folder, int64_t jobs)
    : ledger_(folder), experiment_(std::move(wanted)), loader_workers_(cores_a_run(jobs)) {
  ledger_.join(experiment_);
  if (experiment_.options.threads == 0) experiment_.options.threads = cores_a_run(jobs);
  const data::DataSource& data = cache_.open(data_of(experiment_), experiment_.source);
  shape_ = {static_cast<int64_t>(data.class_names.size()), data.channels};
  design_ = design_variants(experiment_, shape_.classes, shape_.channels);
  runs_ = list_runs(design_, experiment_.options.seeds);
  check_initial_weights(ledger_, runs_);
  for (const Variant& variant : design_.variants) check(variant);
}

PreparedExperiment::PreparedExperiment(const std::filesystem::path& folder, int64_t jobs)
    : ledger_(folder), loader_workers_(cores_a_run(jobs)) {
  std::tie(experiment_, shape_) = ledger_.read_experiment_file();
  design_ = design_variants(experiment_, shape_.classes, shape_.channels);
  runs_ = list_runs(design_, experiment_.options.seeds);
}

void PreparedExperiment::check(const Variant& variant) {
  try {
    train::check_job(job({variant.configuration, 0, variant.name}, torch::kCPU));
  } catch (const RequestError& error) {
    throw RequestError(std::string(error.what()) + " (in the configuration " + variant.name + ")");
  }
}

void PreparedExperiment::claim_folder() {
  make_folder(ledger_.folder());
  const FileLock lock = ledger_.lock();
  ledger_.join(experiment_);
  ledger_.write_experiment_file(experiment_, shape_);
  runs_ = list_runs(design_, experiment_.options.seeds);
}

train::TrainJob PreparedExperiment::job(const RunKey& run, torch::Device device) {
  train::TrainJob job;
  job.configuration = run.configuration;
  job.seed = run.seed;
  job.folder = ledger_.run_folder(run);
  job.data = cache_.open(run.configuration.data, experiment_.source);
  job.device = device;
  job.threads = static_cast<int>(experiment_.options.threads);
  const int64_t workers = experiment_.options.loader_workers;
  job.loader_workers = static_cast<int>(workers ? workers : loader_workers_);
  job.checkpoint_minutes = experiment_.options.checkpoint_minutes;
  return job;
}

size_t PreparedExperiment::count_done() const {
  return static_cast<size_t>(
      std::count_if(runs_.begin(), runs_.end(), [&](const RunKey& run) { return ledger_.is_done(run); }));
}

}  // namespace staircase::lab
