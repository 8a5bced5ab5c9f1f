#include "staircase/runs/reuse.h"

#include <algorithm>
#include <fstream>

#include "staircase/base/files.h"
#include "staircase/config/naming.h"
#include "staircase/runs/run_config.h"

namespace staircase::runs {
namespace fs = std::filesystem;
namespace {

using config::Json;

const char* const config_file = "config.json";
const char* const summary_file = "summary.json";

/// "runs/x/" and "x" have the parents "runs" and ".".
fs::path parent_of(const fs::path& folder) {
  const fs::path parent = (folder.has_filename() ? folder : folder.parent_path()).parent_path();
  return parent.empty() ? fs::path(".") : parent;
}

/// The format of an experiment's folder; 0: it is none.
int64_t format_of(const fs::path& folder) {
  std::error_code ignored;
  if (!fs::exists(folder / "experiment.json", ignored)) return 0;
  try {
    const Json content = config::read_json_file(folder / "experiment.json");
    const Json writer = content.is_object() ? content.value("staircase", Json()) : Json();
    const Json format = writer.is_object() ? writer.value("format", Json()) : Json();
    return format.is_number_integer() ? format.get<int64_t>() : 0;
  } catch (const RequestError&) {
    return 0;
  }
}

/// In what a run was made otherwise than wanted, of all that decides its result; empty: in nothing.
std::string what_differs(const RunConfig& config, const Circumstances& wanted) {
  if (!config.damage.empty() || config.starts.empty()) return "its config.json does not say how it was made";
  const auto differs = [](const char* what, const std::string& there, const std::string& here) {
    return there == here ? "" : std::string(what) + " " + there + " there, " + here + " here";
  };
  for (const RunStart& start : config.starts)
    for (const std::string& difference : {differs("device", start.device_kind(), wanted.device_kind),
                                          differs("LibTorch", start.libtorch, wanted.libtorch),
                                          differs("threads", start.threads, std::to_string(wanted.threads)),
                                          differs("processes", start.processes.empty() ? "1" : start.processes, "1")})
      if (!difference.empty()) return difference;
  return config.initial_weights == wanted.initial_weights ? "" : "other initial weights";
}

/// Whether the folder holds a run of that name, done, and nobody works on it.
bool has_done(const fs::path& folder, const std::string& name) {
  std::error_code ignored;
  const fs::path place = folder / "runs" / name;
  return fs::exists(place / summary_file, ignored) && !FileLock::is_held(place / run_lock_file) &&
         read_summary(folder, name).numbers;
}

bool has_weights(const fs::path& folder, const std::string& name) {
  std::error_code ignored;
  return fs::exists(folder / "runs" / name / "weights.safetensors", ignored);
}

/// Whether the folder holds the run, done, on what lay in the place of its data before.
bool has_done_on_other_data(const fs::path& folder, const RunKey& run, const Ledger& ledger) {
  const config::DataContent* here = ledger.data_content(run.configuration.data);
  if (!here) return false;
  try {
    for (const config::DataContent& there : Ledger(folder).read_experiment_file().second.sets) {
      if (there.kind != here->kind || there.path != here->path || there.fingerprint() == here->fingerprint()) continue;
      const std::string content = config::content_name(run.configuration, ledger.format(), there.fingerprint());
      if (has_done(folder, content + "-" + std::to_string(run.seed))) return true;
    }
  } catch (const RequestError&) {}  // a folder that cannot be read is none
  return false;
}

void copy_whole(const fs::path& from, const fs::path& to) {
  std::ifstream in(from, std::ios::binary);
  if (!in) throw std::runtime_error(from.string() + ": cannot be read");
  write_file_atomically(to, [&](std::ostream& out) { out << in.rdbuf(); });
}

void link_or_copy(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::remove(to, error);
  const bool may_grow = from.filename() == "timing.jsonl";
  if (!may_grow) fs::create_hard_link(from, to, error);
  if (may_grow || error) copy_whole(from, to);
}

/// What stays of a run that is done, but for its config and its summary.
std::vector<fs::path> files_of(const fs::path& run_folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(run_folder)) {
    const std::string name = entry.path().filename().string();
    const bool stays = entry.is_regular_file() && name != config_file && name != summary_file &&
                       name != run_lock_file && name != "failure.json" && !name.ends_with(".damaged") &&
                       !is_unfinished_file(entry.path());
    if (stays) files.push_back(entry.path());
  }
  return files;
}

}  // namespace

Neighbours::Neighbours(const Ledger& ledger) {
  const int64_t format = ledger.format();
  std::error_code error;
  if (format < 2) return;
  for (const auto& entry : fs::directory_iterator(parent_of(ledger.folder()), error)) {
    if (fs::equivalent(entry.path(), ledger.folder(), error) || format_of(entry.path()) != format) continue;
    folders_.push_back(entry.path().lexically_normal());
  }
  std::sort(folders_.begin(), folders_.end());
}

std::optional<fs::path> Neighbours::find(const RunKey& run, const Circumstances& circumstances,
                                         const Ledger& ledger) const {
  const std::string name = ledger.run_name(run);
  for (const fs::path& folder : folders_)
    if (has_done(folder, name) && has_weights(folder, name) &&
        what_differs(read_run_config(folder, name), circumstances).empty())
      return folder;
  return std::nullopt;
}

std::optional<Neighbours::Other> Neighbours::find_other(const RunKey& run, const Circumstances& circumstances,
                                                        const Ledger& ledger) const {
  const std::string name = ledger.run_name(run);
  for (const fs::path& folder : folders_) {
    if (has_done(folder, name))
      return Other{folder, has_weights(folder, name) ? what_differs(read_run_config(folder, name), circumstances)
                                                     : "its weights are gone"};
    if (has_done_on_other_data(folder, run, ledger))
      return Other{folder, run.configuration.data.path + " held other images then"};
  }
  return std::nullopt;
}

bool is_untouched(const Ledger& ledger, const RunKey& run) {
  const fs::path folder = ledger.run_folder(run), checkpoints = folder / "checkpoints";
  std::error_code error;
  return !fs::exists(folder / summary_file, error) &&
         (!fs::exists(checkpoints, error) || fs::is_empty(checkpoints, error));
}

bool take_over(const fs::path& neighbour, const Ledger& ledger, const RunKey& run) {
  const auto lock = ledger.try_lock(run);
  if (!lock || !is_untouched(ledger, run)) return false;
  const fs::path from = neighbour / "runs" / ledger.run_name(run), to = ledger.run_folder(run);
  remove_unfinished_files(to);
  for (const fs::path& file : files_of(from)) link_or_copy(file, to / file.filename());
  ledger.clear_failure(run);
  // Together: a run that is trained here after all must not list the other's starts as its own.
  link_or_copy(from / config_file, to / config_file);
  link_or_copy(from / summary_file, to / summary_file);
  return true;
}

}  // namespace staircase::runs
