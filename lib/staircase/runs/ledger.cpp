#include "staircase/runs/ledger.h"

#include <algorithm>
#include <set>

#include "staircase/base/files.h"
#include "staircase/runs/free_folder.h"
#include "staircase/runs/join.h"

namespace staircase::runs {
namespace fs = std::filesystem;
namespace {

using config::Json;

const std::string shape_key = "data_has";

const std::string lock_name = run_lock_file;

bool is_unused(const fs::path& folder) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error))
    if (!is_left_over(entry.path())) return false;
  return true;
}

}  // namespace

void Ledger::join(experiment::Experiment& experiment) {
  const fs::path file = folder_ / "experiment.json";
  std::error_code error;
  if (fs::exists(folder_, error) && !fs::is_directory(folder_, error))
    throw RequestError(folder_.string() + ": is a file, not a folder for results");
  begins_afresh_ = !exists();
  if (begins_afresh_) {
    if (is_unused(folder_)) return;
    // Another program may have begun it between the two looks, with this file first of all.
    if (!exists())
      throw RequestError(folder_.string() +
                         ": is not empty and holds no experiment.json, so it is not a folder of results");
  }
  const experiment::StoredExperiment stored = experiment::read_stored_experiment(file, {shape_key});
  begins_afresh_ = is_free(folder_);
  if (begins_afresh_) naming_ = Naming(config::newest_format, {});
  else join_stored(folder_, stored, experiment);
}

void Ledger::know_data(const experiment::Experiment& experiment, const DataShape& shape) {
  DataShape known = shape;
  if (exists() && !begins_afresh_) {
    const auto [there, shape_there] = read_experiment_file();
    check_same_data(folder_, there, shape_there, experiment, shape);
    known = join_shapes(shape_there, shape);
  }
  naming_ = Naming(naming().format, known.sets);
}

void Ledger::write_experiment_file(const experiment::Experiment& experiment, const DataShape& shape) const {
  make_folder(folder_);
  const DataShape known = join_shapes({0, 0, naming().sets}, shape);
  const Json content = experiment::stored_content(experiment, {{shape_key, write_data_shape(known)}}, naming().format);
  write_file_atomically(folder_ / "experiment.json", content.dump(2) + "\n");
  naming_ = Naming(naming().format, known.sets);
}

bool Ledger::exists() const {
  std::error_code error;
  return fs::exists(folder_ / "experiment.json", error);
}

std::pair<experiment::Experiment, DataShape> Ledger::read_experiment_file() const {
  const fs::path file = folder_ / "experiment.json";
  if (!exists()) throw RequestError(folder_.string() + ": holds no experiment.json, so it is not a folder of results");
  const auto [content, experiment, format] = experiment::read_stored_experiment(file, {shape_key});
  const DataShape shape = read_data_shape(content.value(shape_key, Json()), file.string());
  naming_ = Naming(format, shape.sets);
  return {experiment, shape};
}

Ledger::Naming::Naming(int64_t number, std::vector<config::DataContent> known)
    : format(number), sets(std::move(known)) {
  for (const config::DataContent& set : sets) fingerprints.push_back(set.fingerprint());
}

const Ledger::Naming& Ledger::naming() const {
  if (!naming_ && exists()) read_experiment_file();
  if (!naming_) naming_ = Naming(config::newest_format, {});
  return *naming_;
}

std::string Ledger::content_name(const config::Configuration& configuration) const {
  const Naming& by = naming();
  if (by.format == 1 || config::is_described_whole(configuration.data))
    return config::content_name(configuration, by.format);
  const config::DataContent* data = find_content(by.sets, configuration.data);
  if (!data)
    throw RequestError((folder_ / "experiment.json").string() + ": /data_has/sets does not know the data in \"" +
                       configuration.data.path + "\", by which runs are named");
  return config::content_name(configuration, by.format, by.fingerprints[static_cast<size_t>(data - by.sets.data())]);
}

const config::DataContent* Ledger::data_content(const config::DataOptions& options) const {
  return find_content(naming().sets, options);
}

std::string Ledger::run_name(const RunKey& run) const {
  return (run.content.empty() ? content_name(run.configuration) : run.content) + "-" + std::to_string(run.seed);
}

fs::path Ledger::run_folder(const RunKey& run) const { return folder_ / "runs" / run_name(run); }

bool Ledger::is_done(const RunKey& run) const { return summary(run).has_value(); }

std::optional<Json> Ledger::summary(const RunKey& run) const { return read_summary(folder_, run_name(run)).numbers; }

std::string Ledger::set_damaged_summary_aside(const RunKey& run) const {
  return runs::set_damaged_summary_aside(folder_, run_name(run));
}

std::optional<std::string> Ledger::failure(const RunKey& run) const { return read_failure(folder_, run_name(run)); }

void Ledger::record_failure(const RunKey& run, const std::string& reason) const {
  std::string line = reason;
  std::replace(line.begin(), line.end(), '\n', ' ');  // tables show it
  make_folder(run_folder(run));
  write_file_atomically(run_folder(run) / "failure.json",
                        Json{{"reason", line}}.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

void Ledger::clear_failure(const RunKey& run) const {
  std::error_code ignored;
  fs::remove(run_folder(run) / "failure.json", ignored);
}

FileLock Ledger::lock() const { return FileLock::take(folder_ / lock_name); }

std::optional<FileLock> Ledger::try_lock(const RunKey& run) const {
  make_folder(run_folder(run));
  return FileLock::try_take(run_folder(run) / lock_name);
}

bool Ledger::is_running(const RunKey& run) const { return FileLock::is_held(run_folder(run) / lock_name); }

bool Ledger::is_in_doubt(const RunKey& run) const { return FileLock::is_in_doubt(run_folder(run) / lock_name); }

Json Ledger::running_note(const RunKey& run) const {
  const Json note = Json::parse(FileLock::read_note(run_folder(run) / lock_name), nullptr, false);
  return note.is_object() ? note : Json::object();
}

RunTiming Ledger::timing(const RunKey& run) const {
  const std::string name = run_name(run);
  return read_timing(folder_of(name), name);
}

const fs::path& Ledger::folder_of(const std::string& run) const {
  const auto found = elsewhere_.find(run);
  return found == elsewhere_.end() ? folder_ : found->second;
}

std::vector<RunKey> list_runs(const experiment::DesignedExperiment& design, const std::vector<int64_t>& seeds,
                              const Ledger& ledger) {
  std::vector<RunKey> once;
  std::set<std::string> seen;
  for (const experiment::Variant& variant : design.variants) {
    RunKey run{variant.configuration, 0, variant.name, ledger.content_name(variant.configuration)};
    if (seen.insert(run.content).second) once.push_back(std::move(run));
  }
  std::vector<RunKey> runs;
  for (int64_t seed : seeds)
    for (const RunKey& run : once) runs.push_back({run.configuration, seed, run.row, run.content});
  return runs;
}

}  // namespace staircase::runs
