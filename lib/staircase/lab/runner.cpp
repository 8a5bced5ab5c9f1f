#include "staircase/lab/runner.h"

#include <map>
#include <thread>

#include "staircase/base/build_info.h"
#include "staircase/base/files.h"
#include "staircase/data/open_data.h"
#include "staircase/interop/weights_file.h"
#include "staircase/lab/comparison.h"
#include "staircase/lab/design.h"
#include "staircase/lab/ledger.h"
#include "staircase/lab/report.h"
#include "staircase/lab/report_data.h"
#include "staircase/lab/results.h"
#include "staircase/nn/libtorch.h"

namespace staircase::lab {
namespace fs = std::filesystem;
namespace {

using config::Json;

/// Opens each data set once, however many configurations use it.
class DataCache {
 public:
  const data::DataSource& open(const config::DataOptions& options, const std::string& source) {
    const std::string key = config::write_options(options).dump();
    auto found = opened_.find(key);
    if (found == opened_.end()) found = opened_.emplace(key, data::open_data(options, {source, "/data"})).first;
    return found->second;
  }

 private:
  std::map<std::string, data::DataSource> opened_;
};

/// The data after overrides, which decides classes and channels. Steps may not change it from under a model.
config::DataOptions data_of(const Experiment& experiment) {
  config::Configuration configuration = experiment.base;
  for (const auto& [pointer, value] : experiment.options.override_fields.items())
    if (pointer.starts_with("/data")) config::set_field(configuration, pointer, value, experiment.source, model_reader());
  return configuration.data;
}

int64_t all_cores() { return std::max<int64_t>(1, std::thread::hardware_concurrency()); }

/// The checksum of the weights that a run starts from, "" for none.
std::string initial_weights_checksum(const config::InitOptions& init) {
  if (init.weights.empty()) return "";
  const std::string digits = "0123456789abcdef";
  const uint32_t crc = interop::file_crc32(init.weights);
  std::string text;
  for (int shift = 28; shift >= 0; shift -= 4) text += digits[(crc >> shift) & 15U];
  return text;
}

/// A run is named by its config, in which initial weights are a path: what lies there must still be
/// what the run started from.
void check_initial_weights(const Ledger& ledger, const RunKey& run) {
  const config::InitOptions& init = run.configuration.init;
  const fs::path file = ledger.run_folder(run) / "config.json";
  if (init.weights.empty() || !fs::exists(file)) return;
  const std::string then = config::read_json_file(file).value("initial_weights_crc32", std::string());
  if (!then.empty() && then != initial_weights_checksum(init))
    throw RequestError(init.weights + ": its content changed since the run in " + ledger.run_folder(run).string() +
                       " started from it; use another --out");
}

/// An experiment that was checked against its folder and its data, ready to be run.
struct Prepared {
  Prepared(Experiment wanted, const fs::path& folder) : experiment(std::move(wanted)), ledger(folder) {
    ledger.join(experiment);
    if (experiment.options.threads == 0) experiment.options.threads = all_cores();
    const data::DataSource& data = cache.open(data_of(experiment), experiment.source);
    shape = {static_cast<int64_t>(data.class_names.size()), data.channels};
    design = design_variants(experiment, shape.classes, shape.channels);
    runs = list_runs(design, experiment.options.seeds);
    for (const RunKey& run : runs) check_initial_weights(ledger, run);
    for (const Variant& variant : design.variants) check(variant);
  }

  void check(const Variant& variant) {
    try {
      train::check_job(job({variant.configuration, 0}, torch::kCPU));
    } catch (const RequestError& error) {
      throw RequestError(std::string(error.what()) + " (in the configuration " + variant.name + ")");
    }
  }

  train::TrainJob job(const RunKey& run, torch::Device device) {
    train::TrainJob job;
    job.configuration = run.configuration;
    job.seed = run.seed;
    job.folder = ledger.run_folder(run);
    job.data = cache.open(run.configuration.data, experiment.source);
    job.device = device;
    job.threads = static_cast<int>(experiment.options.threads);
    const int64_t workers = experiment.options.loader_workers;
    job.loader_workers = static_cast<int>(workers ? workers : all_cores());
    job.checkpoint_minutes = experiment.options.checkpoint_minutes;
    return job;
  }

  std::string variant_name(const RunKey& run) const {
    for (const Variant& variant : design.variants)
      if (variant.configuration == run.configuration) return variant.name;
    return run.name();
  }

  size_t count_done() const {
    size_t done = 0;
    for (const RunKey& run : runs) done += ledger.summary(run).has_value();
    return done;
  }

  DataCache cache;
  Experiment experiment;
  Ledger ledger;
  DataShape shape;
  DesignedExperiment design;
  std::vector<RunKey> runs;
};

/// What made the run: config.json of its folder.
void write_run_config(const train::TrainJob& job) {
  Json content = {{"configuration", config::write_configuration(job.configuration)},
                  {"seed", job.seed},
                  {"threads", job.threads},
                  {"device", job.device.str()},
                  {"classes", job.data.class_names},
                  {"initial_weights_crc32", initial_weights_checksum(job.configuration.init)},
                  {"staircase", {{"version", build_info().version}, {"revision", build_info().revision}}},
                  {"libtorch", TORCH_VERSION},
                  {"compiler", build_info().compiler},
                  {"machine", machine_description()}};
  make_folder(job.folder);
  write_file_atomically(job.folder / "config.json", content.dump(2) + "\n");
}

/// Runs one job; false: it failed, and why is recorded.
bool execute(Prepared& prepared, const RunKey& run, const RunOptions& options, RunObserver& observer,
             const std::atomic<bool>& stop) {
  const std::string name = prepared.variant_name(run);
  try {
    const train::TrainJob job = prepared.job(run, options.device);
    write_run_config(job);
    const Json summary = train::train(job, observer, stop);
    prepared.ledger.clear_failure(run);
    observer.on_run_end(name, summary);
    return true;
  } catch (const Interrupted&) {
    throw;
  } catch (const c10::Error& error) {
    prepared.ledger.record_failure(run, error.what_without_backtrace());
    observer.on_run_failed(name, error.what_without_backtrace());
  } catch (const std::exception& error) {
    prepared.ledger.record_failure(run, error.what());
    observer.on_run_failed(name, error.what());
  }
  return false;
}

/// The content of results.json, from what the folder holds now.
Json results_of(const fs::path& folder) {
  const Ledger ledger(folder);
  const auto [experiment, shape] = ledger.read_experiment_file();
  return build_results(experiment, design_variants(experiment, shape.classes, shape.channels), ledger);
}

}  // namespace

Json RunPlan::to_json() const {
  const auto or_null = [](const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); };
  return {{"runs", runs}, {"done", done}, {"missing", runs - done}, {"training_macs", work.training_macs},
          {"expected_hours", or_null(work.expected_hours)}, {"smallest_difference", or_null(smallest_difference)}};
}

RunPlan plan_run(Experiment experiment, const fs::path& folder, torch::Device device) {
  Prepared prepared(std::move(experiment), folder);
  RunPlan plan;
  plan.runs = prepared.runs.size();
  plan.done = prepared.count_done();
  std::map<std::string, double> seconds;  // of a done run, by configuration
  for (const RunKey& run : prepared.runs)
    if (const auto took = prepared.ledger.summary(run) ? prepared.ledger.timing(run).seconds() : std::nullopt)
      seconds[config::content_name(run.configuration)] = *took;
  std::vector<PlannedRun> missing;
  for (const RunKey& run : prepared.runs) {
    if (prepared.ledger.summary(run)) continue;
    PlannedRun planned{prepared.job(run, device), std::nullopt};
    if (const auto known = seconds.find(config::content_name(run.configuration)); known != seconds.end())
      planned.seconds = known->second;
    missing.push_back(std::move(planned));
  }
  plan.work = estimate_work(std::move(missing));
  if (plan.done > 0) {
    const Json results = build_results(prepared.experiment, prepared.design, prepared.ledger);
    plan.smallest_difference = smallest_delta(results, static_cast<int>(prepared.experiment.options.seeds.size()));
    plan.warnings = results["warnings"];
  }
  return plan;
}

Json run_experiment(Experiment wanted, const RunOptions& options, RunObserver& observer, const std::atomic<bool>& stop) {
  Prepared prepared(std::move(wanted), options.folder);
  const auto report = [&] {
    const Json results = build_results(prepared.experiment, prepared.design, prepared.ledger);
    write_reports(options.folder, results);
    return results;
  };
  prepared.ledger.write_experiment_file(prepared.experiment, prepared.shape);
  for (size_t i = 0; i < prepared.runs.size(); ++i) {
    const RunKey& run = prepared.runs[i];
    if (prepared.ledger.summary(run)) continue;
    observer.on_run_start(i + 1, prepared.runs.size(), prepared.variant_name(run), run.seed);
    execute(prepared, run, options, observer, stop);
    report();
  }
  return report();
}

Json report_folder(const fs::path& folder) {
  const Json results = results_of(folder);
  write_reports(folder, results);
  return results;
}

std::vector<Json> read_experiments(const std::vector<fs::path>& folders) {
  std::vector<Json> experiments;
  for (const fs::path& folder : folders) experiments.push_back(report_data(folder, results_of(folder)));
  label_experiments(experiments);
  return experiments;
}

}  // namespace staircase::lab
