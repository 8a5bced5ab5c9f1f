#include "staircase/execution/prepared.h"

#include <algorithm>
#include <set>
#include <thread>

#include "staircase/analysis/results.h"
#include "staircase/analysis/row_verdicts.h"
#include "staircase/base/errors.h"
#include "staircase/base/files.h"
#include "staircase/base/text.h"
#include "staircase/data/fingerprint.h"
#include "staircase/data/open_data.h"
#include "staircase/execution/initial_weights.h"
#include "staircase/execution/left_overs.h"
#include "staircase/execution/run_starts.h"
#include "staircase/experiment/contexts.h"
#include "staircase/experiment/schedule_warnings.h"
#include "staircase/experiment/void_steps.h"
#include "staircase/processes/process_group.h"
#include "staircase/runs/free_folder.h"

namespace staircase::execution {
namespace {

/// experiment.json without the version that wrote it.
config::Json experiment_in(const std::filesystem::path& folder) {
  config::Json content = config::read_json_file(folder / "experiment.json");
  content.erase("staircase");
  return content;
}

/// Processes that share this machine's cores.
int64_t side_by_side(const RunOptions& options) {
  const int64_t of_a_run = options.group ? options.group->placement().local_size : options.processes;
  return std::max<int64_t>(1, options.jobs * of_a_run);
}

}  // namespace

PreparedExperiment::PreparedExperiment(experiment::Experiment wanted, const RunOptions& options)
    : ledger_(options.folder),
      experiment_(with_runs_found(std::move(wanted))),
      options_(options),
      cores_a_run_(std::max<int64_t>(1, std::thread::hardware_concurrency() / side_by_side(options))) {
  const config::ExperimentOptions asked = experiment_.options;
  join_folder();
  note_what_differs(asked);
  const auto [classes, channels] = numbers_of(runs::data_of(experiment_));
  design_ = experiment::design_variants(experiment_, classes, channels, numbers_of_contexts());
  check_steps_have_effect();
  experiment::check_contexts_have_effect(experiment_, design_);
  shape_ = shape_of_data();
  ledger_.know_data(experiment_, shape_);
  runs_ = runs::list_runs(design_, experiment_.options.seeds, ledger_);
  check_initial_weights(ledger_, runs_);
  for (const experiment::Variant& variant : design_.variants) check(variant);
  check_begun_runs();
}

const data::DataSource& PreparedExperiment::open_data(const config::DataOptions& options) {
  const std::string key = config::write_options(options).dump();
  auto found = opened_.find(key);
  if (found == opened_.end())
    found = opened_.emplace(key, data::open_data(options, {experiment_.source, "/data"}, ledger_.folder())).first;
  return found->second;
}

experiment::DataNumbers PreparedExperiment::numbers_of(const config::DataOptions& options) {
  const data::DataSource& data = open_data(options);
  return {static_cast<int64_t>(data.class_names.size()), data.channels};
}

std::vector<experiment::DataNumbers> PreparedExperiment::numbers_of_contexts() {
  std::vector<experiment::DataNumbers> numbers;
  for (const config::ContextOptions& context : experiment_.options.contexts)
    numbers.push_back(numbers_of(runs::data_in_context(experiment_, context)));
  return numbers;
}

runs::DataShape PreparedExperiment::shape_of_data() {
  const auto [classes, channels] = numbers_of(runs::data_of(experiment_));
  runs::DataShape shape{classes, channels, {}, numbers_of_contexts()};
  for (const experiment::Variant& variant : design_.variants) {
    const config::DataOptions& options = variant.configuration.data;
    if (config::is_described_whole(options) || find_content(shape.sets, options)) continue;
    shape.sets.push_back(data::content_of(open_data(options), options));
  }
  return shape;
}

std::vector<std::string> PreparedExperiment::schedule_warnings() {
  std::vector<experiment::ScheduledRow> rows;
  for (const experiment::Variant& variant : design_.variants)
    rows.push_back({variant.name, &variant.configuration.recipe,
                    static_cast<int64_t>(open_data(variant.configuration.data).train->size())});
  return experiment::schedule_warnings(rows);
}

void PreparedExperiment::join_folder() {
  try {
    ledger_.join(experiment_);
  } catch (const RequestError&) {
    if (!ledger_.exists()) throw;
    // What is wrong in the experiment itself is said before what differs from the folder.
    const runs::DataShape shape = ledger_.read_experiment_file().second;
    design_ = experiment::design_variants(experiment_, shape.classes, shape.channels);
    check_steps_have_effect();
    throw;
  }
}

void PreparedExperiment::note_what_differs(const config::ExperimentOptions& wanted) {
  if (ledger_.begins_afresh()) return;
  std::vector<std::string> kept;
  bool fewer = false;
  for (int64_t seed : experiment_.options.seeds) {
    kept.push_back(std::to_string(seed));
    fewer |= std::find(wanted.seeds.begin(), wanted.seeds.end(), seed) == wanted.seeds.end();
  }
  const std::string folder = ledger_.folder().string();
  if (fewer && !wanted.until)
    notes_.push_back(folder + ": keeps its seeds " + join(kept) +
                     "; for fewer, another --out beside it takes over the runs that both have");
  const config::Score before = ledger_.read_experiment_file().first.options.score;
  if (before == wanted.score) return;
  const auto weights = [](config::Score score) { return score == config::Score::raw ? "raw" : "averaged"; };
  notes_.push_back(folder + ": rows are compared by the " + weights(wanted.score) + " weights now, not by the " +
                   weights(before) + " ones as before");
}

void PreparedExperiment::check_steps_have_effect() {
  std::set<std::string> known;
  if (ledger_.exists()) {
    const runs::Ledger stored(ledger_.folder());  // ledger_ itself may begin afresh, with names of its own
    for (const config::StepOptions& step : stored.read_experiment_file().first.steps) known.insert(step.name);
  }
  experiment::check_steps_have_effect(experiment_, design_, known);
}

void PreparedExperiment::check(const experiment::Variant& variant) {
  try {
    check_weights_exist(variant.configuration.init, experiment_.source);
    train::TrainJob job;  // of no run
    job.configuration = variant.configuration;
    job.data = open_data(variant.configuration.data);
    train::check_processes(variant.configuration.recipe, options_.processes, experiment_.source);
    train::check_job(job, experiment_.source);
  } catch (const RequestError& error) {
    throw RequestError(std::string(error.what()) + " (in the configuration " + variant.name + ")");
  }
}

void PreparedExperiment::check_begun_runs() {
  for (const runs::RunKey& run : runs_) {
    if (ledger_.is_done(run) || ledger_.is_running(run)) continue;
    train::check_checkpoint(job(run, torch::kCPU));
    for (const torch::Device& device : options_.devices) check_start(job(run, device), options_.elsewhere);
  }
}

void PreparedExperiment::claim_folder(Threads threads) {
  make_folder(ledger_.folder());
  const FileLock lock = ledger_.lock();
  remove_unfinished_files(ledger_.folder());
  remove_left_overs(ledger_.folder());
  ledger_.join(experiment_);
  ledger_.know_data(experiment_, shape_);
  if (experiment_.options.threads == 0 && threads == Threads::settled) experiment_.options.threads = cores_a_run_;
  if (auto hold = runs::hold_folder(ledger_.folder())) hold_.emplace(std::move(*hold));
  const config::Json before =
      ledger_.exists() && ledger_.begins_afresh() ? experiment_in(ledger_.folder()) : config::Json();
  ledger_.write_experiment_file(experiment_, shape_);
  if (!before.is_null() && before != experiment_in(ledger_.folder())) {
    runs::remove_failed_runs(ledger_.folder());
    notes_.push_back(ledger_.folder().string() +
                     ": nothing was trained in it, so this experiment replaces what it held");
  }
  for (const auto& [options, data] : opened_)
    if (data.keep_index) data.keep_index();
  runs_ = runs::list_runs(design_, experiment_.options.seeds, ledger_);
}

RunSettings PreparedExperiment::settings(torch::Device device) const {
  const config::ExperimentOptions& options = experiment_.options;
  const auto or_cores = [&](int64_t wanted) { return static_cast<int>(wanted ? wanted : cores_a_run_); };
  return {device, or_cores(options.threads), or_cores(options.loader_workers), options.checkpoint_minutes,
          options_.elsewhere};
}

train::TrainJob PreparedExperiment::job(const runs::RunKey& run, torch::Device device) {
  train::TrainJob job = make_job(ledger_, run, settings(device), open_data(run.configuration.data));
  job.group = options_.group;
  return job;
}

size_t PreparedExperiment::count_done() const {
  return static_cast<size_t>(
      std::count_if(runs_.begin(), runs_.end(), [&](const runs::RunKey& run) { return ledger_.is_done(run); }));
}

bool PreparedExperiment::add_seeds() {
  if (!experiment_.options.until) return false;
  const analysis::Results results = analysis::build_results(experiment_, design_, ledger_);
  const auto seeds = analysis::seeds_to_have(experiment_.options, results.looks.value(), results.done == results.runs);
  if (!seeds) return false;
  const FileLock lock = ledger_.lock();
  experiment_.options.seeds = *seeds;
  ledger_.join(experiment_);  // another program may have added as many, or more
  ledger_.write_experiment_file(experiment_, shape_);
  runs_ = runs::list_runs(design_, experiment_.options.seeds, ledger_);
  return true;
}

data::Findings PreparedExperiment::find_in_data() const {
  std::map<std::string, const data::DataSource*> sets;  // one folder may be open at several sizes of image
  for (const auto& [key, data] : opened_) {
    const std::string path = config::parse_json(key, "").at("path");
    sets.emplace(path.empty() ? key : path, &data);
  }
  data::Findings all;
  for (const auto& [name, data] : sets) {
    const data::Findings found = data::find_in_data(*data);
    const std::string prefix = sets.size() > 1 && name[0] == '/' ? name + ": " : "";
    for (const std::string& text : found.notes) all.notes.push_back(prefix + text);
    for (const std::string& text : found.warnings) all.warnings.push_back(prefix + text);
  }
  return all;
}

}  // namespace staircase::execution
