#include "staircase/runs/ledger.h"

#include <algorithm>
#include <set>

#include "staircase/base/files.h"
#include "staircase/experiment/experiment_file.h"

namespace staircase::runs {
namespace fs = std::filesystem;
namespace {

using config::Json;

const std::string shape_key = "data_has";

/// The folder keeps every step or candidate that it had, under the same name and with the same content. The
/// rest of an entry (its group, what it requires, published numbers) decides no run and may change.
void check_kept(const Json& before, const Json& now, const char* list, const char* content, const fs::path& folder) {
  for (const Json& entry : before.at(list)) {
    const bool kept = std::any_of(now.at(list).begin(), now.at(list).end(), [&](const Json& other) {
      return other.at("name") == entry.at("name") && other.at(content) == entry.at(content);
    });
    if (!kept)
      throw RequestError(folder.string() + ": belongs to another experiment: its /" + list + " hold " +
                         entry.at("name").dump() +
                         ", which is missing or changed here; more extend a folder, fewer do not");
  }
}

/// The first field in which two JSON values differ, as a pointer; empty: they are equal.
std::string first_difference(const Json& a, const Json& b, const std::string& pointer) {
  if (a == b) return {};
  if (!a.is_object() || !b.is_object()) return pointer;
  for (const auto& [key, value] : a.items()) {
    if (!b.contains(key)) return pointer + "/" + key;
    const std::string inner = first_difference(value, b.at(key), pointer + "/" + key);
    if (!inner.empty()) return inner;
  }
  for (const auto& [key, value] : b.items())
    if (!a.contains(key)) return pointer + "/" + key;
  return {};
}

const std::string lock_name = run_lock_file;

bool is_left_over(const fs::path& path) { return path.filename() == lock_name || is_unfinished_file(path); }

bool is_unused(const fs::path& folder) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error))
    if (!is_left_over(entry.path())) return false;
  return true;
}

}  // namespace

std::string RunKey::name() const { return config::content_name(configuration) + "-" + std::to_string(seed); }

void Ledger::join(experiment::Experiment& experiment) const {
  const fs::path file = folder_ / "experiment.json";
  std::error_code error;
  if (fs::exists(folder_, error) && !fs::is_directory(folder_, error))
    throw RequestError(folder_.string() + ": is a file, not a folder for results");
  if (!exists()) {
    if (!is_unused(folder_))
      throw RequestError(folder_.string() +
                         ": is not empty and holds no experiment.json, so it is not a folder of results");
    return;
  }
  const auto [stored, before] = experiment::read_stored_experiment(file, {shape_key});
  const Json now = experiment::write_experiment(experiment);
  for (const char* field : {"name", "kind", "base", "override"}) {
    const std::string pointer =
        first_difference(stored.value(field, Json()), now.value(field, Json()), std::string("/") + field);
    if (pointer.empty()) continue;
    const Json::json_pointer at(pointer);
    throw RequestError(folder_.string() + ": belongs to another experiment: " + pointer + " is " +
                       (stored.contains(at) ? config::describe_value(stored.at(at)) : "absent") + " there and " +
                       (now.contains(at) ? config::describe_value(now.at(at)) : "absent") + " here; use another --out");
  }
  check_kept(stored, now, "steps", "set", folder_);
  check_kept(stored, now, "candidates", "model", folder_);
  const int64_t threads = before.options.threads;
  if (experiment.options.threads != 0 && experiment.options.threads != threads)
    throw RequestError(folder_.string() + ": its runs use " + std::to_string(threads) +
                       " threads and results depend on it; "
                       "/threads " +
                       std::to_string(experiment.options.threads) + " needs another --out");
  experiment.options.threads = threads;
  std::vector<int64_t> seeds = before.options.seeds;
  for (int64_t seed : experiment.options.seeds)
    if (std::find(seeds.begin(), seeds.end(), seed) == seeds.end()) seeds.push_back(seed);
  experiment.options.seeds = seeds;
}

void Ledger::write_experiment_file(const experiment::Experiment& experiment, const DataShape& shape) const {
  make_folder(folder_);
  const Json has = {{"classes", shape.classes}, {"channels", shape.channels}};
  const Json content = experiment::stored_content(experiment, Json{{shape_key, has}});
  write_file_atomically(folder_ / "experiment.json", content.dump(2) + "\n");
}

bool Ledger::exists() const {
  std::error_code error;
  return fs::exists(folder_ / "experiment.json", error);
}

std::pair<experiment::Experiment, DataShape> Ledger::read_experiment_file() const {
  const fs::path file = folder_ / "experiment.json";
  if (!exists()) throw RequestError(folder_.string() + ": holds no experiment.json, so it is not a folder of results");
  const auto [content, experiment] = experiment::read_stored_experiment(file, {shape_key});
  const Json shape = content.value(shape_key, Json::object());
  const auto known = [&](const char* key) { return shape.contains(key) && shape[key].is_number_integer(); };
  if (!known("classes") || !known("channels"))
    throw RequestError(file.string() + ": /" + shape_key + " is missing, so it was not written by a run");
  return {experiment, {shape["classes"].get<int64_t>(), shape["channels"].get<int64_t>()}};
}

fs::path Ledger::run_folder(const RunKey& run) const { return folder_ / "runs" / run.name(); }

bool Ledger::is_done(const RunKey& run) const { return summary(run).has_value(); }

std::optional<Json> Ledger::summary(const RunKey& run) const { return read_summary(folder_, run.name()).numbers; }

std::string Ledger::set_damaged_summary_aside(const RunKey& run) const {
  return runs::set_damaged_summary_aside(folder_, run.name());
}

std::optional<std::string> Ledger::failure(const RunKey& run) const { return read_failure(folder_, run.name()); }

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

Json Ledger::running_note(const RunKey& run) const {
  const Json note = Json::parse(FileLock::read_note(run_folder(run) / lock_name), nullptr, false);
  return note.is_object() ? note : Json::object();
}

RunTiming Ledger::timing(const RunKey& run) const { return read_timing(folder_, run.name()); }

std::vector<RunKey> list_runs(const experiment::DesignedExperiment& design, const std::vector<int64_t>& seeds) {
  std::vector<RunKey> runs;
  std::set<std::string> seen;
  for (int64_t seed : seeds)
    for (const experiment::Variant& variant : design.variants) {
      RunKey run{variant.configuration, seed, variant.name};
      if (seen.insert(run.name()).second) runs.push_back(std::move(run));
    }
  return runs;
}

}  // namespace staircase::runs
