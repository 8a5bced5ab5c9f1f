#include "staircase/runs/status.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <map>

#include "staircase/plan/plan.h"
#include "staircase/runs/ledger.h"
#include "staircase/runs/run_weights.h"

namespace staircase::runs {
namespace fs = std::filesystem;
namespace {

using config::Json;

int64_t count_lines(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::array<char, 1 << 16> piece;
  int64_t lines = 0;
  while (in.read(piece.data(), piece.size()) || in.gcount() > 0)
    lines += std::count(piece.data(), piece.data() + in.gcount(), '\n');
  return lines;
}

bool is_begun(const fs::path& run_folder) {
  std::error_code error;
  return !fs::is_empty(run_folder / "checkpoints", error) && !error;
}

/// Of the newest checkpoint, by its name (train/checkpoint.h); 0: there is none.
int64_t saved_step(const fs::path& run_folder) {
  int64_t newest = 0;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(run_folder / "checkpoints", error)) {
    const std::string name = entry.path().filename().string(), start = "step-", end = ".safetensors";
    if (!name.starts_with(start) || !name.ends_with(end) || name.size() <= start.size() + end.size()) continue;
    int64_t step = 0;
    const char *first = name.data() + start.size(), *last = name.data() + name.size() - end.size();
    if (const auto read = std::from_chars(first, last, step); read.ec == std::errc() && read.ptr == last)
      newest = std::max(newest, step);
  }
  return newest;
}

/// Of the whole run; 0: how many images it trains on is not known.
int64_t count_steps(const Ledger& ledger, const config::Configuration& configuration) {
  const config::DataOptions& data = configuration.data;
  int64_t images = config::is_described_whole(data) ? data.train_images : 0;
  if (const config::DataContent* content = images ? nullptr : ledger.data_content(data))
    for (const config::DataContent::Part& part : content->parts)
      if (part.name == "train") images = part.images();
  return images / configuration.recipe.batch_size * configuration.recipe.epochs;  // a rest that fills no batch waits
}

/// Seconds that runs take, learned from the epochs that are done: a configuration's own, or by the mean rate of all.
class Durations {
 public:
  void learn(const RunKey& run, double seconds) {
    own_[run.content] = seconds;
    seconds_ += seconds;
    weight_ += weight(run);
  }

  std::optional<double> of(const RunKey& run) {
    const auto own = own_.find(run.content);
    if (own != own_.end()) return own->second;
    return weight_ > 0 ? std::optional<double>(seconds_ / weight_ * weight(run)) : std::nullopt;
  }

 private:
  /// Multiply-accumulates of a forward pass times epochs: what one run takes beside another on the same data.
  double weight(const RunKey& run) {
    const auto [known, is_new] = weights_.try_emplace(run.content);
    const config::Configuration& c = run.configuration;
    if (is_new)
      known->second = static_cast<double>(plan::count_model(c.model, c.data.image_size_px).all_macs()) *
                      static_cast<double>(c.recipe.epochs);
    return known->second;
  }

  std::map<std::string, double> own_, weights_;  ///< by the names of configurations
  double seconds_ = 0, weight_ = 0;
};

RunState state_of(const fs::path& folder, const std::string& run, const RunSummary& summary) {
  const fs::path place = folder / "runs" / run;
  if (summary.numbers) return RunState::done;
  if (FileLock::is_held(place / run_lock_file)) return RunState::running;
  if (read_failure(folder, run)) return RunState::failed;
  if (!summary.damage.empty()) return RunState::damaged;
  return is_begun(place) ? RunState::stopped : RunState::waiting;
}

RunStatus read_run(const Ledger& ledger, const RunKey& run, std::vector<std::string>& warnings) {
  const std::string name = ledger.run_name(run);
  const fs::path &folder = ledger.folder(), place = folder / "runs" / name;
  RunStatus status;
  status.row = run.row;
  status.run = name;
  status.word = run_word(folder, run.row, run.seed);
  status.seed = run.seed;
  status.epochs = run.configuration.recipe.epochs;
  const RunSummary summary = read_summary(folder, name);
  if (!summary.damage.empty()) warnings.push_back(summary.damage);
  status.state = state_of(folder, name, summary);
  if (status.state == RunState::done) {
    status.epochs_done = status.epochs;
    status.holds = run.configuration.recipe.ema_decay > 0 ? "EMA" : "raw";
    return status;
  }
  status.epochs_done = std::min(status.epochs, count_lines(place / "metrics.jsonl"));
  if (status.state == RunState::running) {
    const Json note = Json::parse(FileLock::read_note(place / run_lock_file), nullptr, false);
    if (note.is_object()) status.note = note;
  } else if (status.state == RunState::failed) {
    status.reason = read_failure(folder, name).value_or("");
  } else if (status.state == RunState::stopped) {
    if (const int64_t step = saved_step(place)) status.next_step = step + 1;
    status.steps = count_steps(ledger, run.configuration);
  }
  return status;
}

/// Of a whole run, from the steps of its first epoch.
std::optional<double> expected_seconds(const Json& note) {
  if (!note.contains("seconds_left") || !note.contains("step") || !note.contains("steps")) return std::nullopt;
  const double steps = note["steps"].get<double>(), left = steps - note["step"].get<double>();
  return left > 0 ? std::optional(note["seconds_left"].get<double>() * steps / left) : std::nullopt;
}

std::optional<double> seconds_left(const RunStatus& status, const RunKey& run, Durations& durations) {
  if (status.state == RunState::done || status.state == RunState::failed) return 0.0;
  if (status.note.contains("seconds_left")) return status.note["seconds_left"].get<double>();
  const auto whole = durations.of(run);
  if (status.state == RunState::damaged) return whole;  // the next start does it again
  const double share_left = 1.0 - static_cast<double>(status.epochs_done) / static_cast<double>(status.epochs);
  return whole ? std::optional<double>(*whole * share_left) : std::nullopt;
}

/// Sets the time left of each run. Reads all logs of times, so it is asked for only while runs are open.
void estimate_time(const fs::path& folder, const std::vector<RunKey>& runs, ExperimentStatus& status) {
  Durations durations;
  for (size_t i = 0; i < runs.size(); ++i) {
    const RunStatus& run = status.runs[i];
    const auto share = static_cast<double>(run.epochs_done) / static_cast<double>(run.epochs);
    const auto seconds = share > 0 ? read_timing(folder, run.run).seconds() : std::nullopt;
    if (seconds) durations.learn(runs[i], *seconds / share);
    else if (const auto expected = expected_seconds(run.note)) durations.learn(runs[i], *expected);
  }
  for (size_t i = 0; i < runs.size(); ++i)
    status.runs[i].seconds_left = seconds_left(status.runs[i], runs[i], durations);
}

std::optional<double> hours_left(const std::vector<RunStatus>& runs) {
  double sum = 0, longest = 0, running = 0;
  for (const RunStatus& run : runs) {
    if (!run.seconds_left) return std::nullopt;
    sum += *run.seconds_left;
    running += run.state == RunState::running;
    if (run.state == RunState::running) longest = std::max(longest, *run.seconds_left);
  }
  return std::max(longest, sum / std::max(1.0, running)) / 3600;
}

}  // namespace

const char* to_name(RunState state) {
  switch (state) {
    case RunState::done: return "done";
    case RunState::running: return "running";
    case RunState::failed: return "failed";
    case RunState::damaged: return "damaged";
    case RunState::stopped: return "stopped";
    default: return "waiting";
  }
}

RunState read_run_state(const fs::path& folder, const std::string& run) {
  return state_of(folder, run, read_summary(folder, run));
}

size_t ExperimentStatus::count(RunState state) const {
  return static_cast<size_t>(
      std::count_if(runs.begin(), runs.end(), [&](const RunStatus& run) { return run.state == state; }));
}

Json ExperimentStatus::to_json() const {
  Json content = {
      {"runs", runs.size()}, {"hours_left", hours_left ? Json(*hours_left) : Json(nullptr)}, {"list", Json::array()}};
  for (const RunState state :
       {RunState::done, RunState::running, RunState::failed, RunState::damaged, RunState::stopped, RunState::waiting})
    content[to_name(state)] = count(state);
  for (const RunStatus& run : runs) {
    Json entry = run.note;
    entry["row"] = run.row;
    entry["run"] = run.run;
    entry["weights"] = run.word;
    entry["seed"] = run.seed;
    entry["state"] = to_name(run.state);
    entry["epochs_done"] = run.epochs_done;
    entry["epochs"] = run.epochs;
    entry["seconds_left"] = run.seconds_left ? Json(*run.seconds_left) : Json(nullptr);
    if (run.next_step) entry["next_step"] = run.next_step;
    if (run.steps) entry["steps"] = run.steps;
    if (!run.holds.empty()) entry["holds"] = run.holds;
    if (!run.reason.empty()) entry["reason"] = run.reason;
    content["list"].push_back(std::move(entry));
  }
  content["warnings"] = warnings;
  return content;
}

ExperimentStatus read_status(const fs::path& folder) {
  const Ledger ledger(folder);
  const auto [experiment, shape] = ledger.read_experiment_file();
  const std::vector<RunKey> runs = list_runs(design_with(experiment, shape), experiment.options.seeds, ledger);
  ExperimentStatus status;
  for (const RunKey& run : runs) status.runs.push_back(read_run(ledger, run, status.warnings));
  if (status.count(RunState::done) + status.count(RunState::failed) < runs.size()) estimate_time(folder, runs, status);
  else
    for (RunStatus& run : status.runs) run.seconds_left = 0;
  status.hours_left = hours_left(status.runs);
  return status;
}

}  // namespace staircase::runs
