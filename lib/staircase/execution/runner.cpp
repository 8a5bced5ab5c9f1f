#include "staircase/execution/runner.h"

#include <poll.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>

#include "staircase/base/counted.h"
#include "staircase/base/errors.h"
#include "staircase/execution/prepared.h"
#include "staircase/execution/taken_over.h"
#include "staircase/execution/team.h"
#include "staircase/execution/worker.h"
#include "staircase/processes/process_group.h"
#include "staircase/runs/data_findings.h"
#include "staircase/runs/run_queue.h"

namespace staircase::execution {
namespace {

/// Sees to it that every run of an experiment is done, or has failed.
class Runner {
 public:
  Runner(PreparedExperiment& experiment, const RunOptions& options, ExperimentObserver& observer,
         const std::atomic<bool>& stop)
      : experiment_(experiment),
        options_(options),
        observer_(observer),
        stop_(stop),
        queue_(experiment.runs(), experiment.ledger(),
               options.shared ? runs::Failures::left : runs::Failures::tried_again) {}

  void run_here() {
    while (!queue_.empty()) {
      if (stop_) throw Interrupted(stopped_text);
      if (const auto index = next()) {
        const auto observer = watch(*index);
        const auto prepare = [&] { return experiment_.job(run(*index), options_.devices.at(0)); };
        const auto announce = [&] { options_.group->announce(order(*index, options_.devices.at(0)).to_word()); };
        finish(*index,
               execute_run(experiment_.ledger(), run(*index), prepare, options_.elsewhere, *observer, stop_, announce));
      } else if (!queue_.empty()) {
        if (leaves_the_rest()) return;
        std::this_thread::sleep_for(pause);
      }
    }
  }

  void run_in_processes() {
    std::vector<Slot> slots;
    if (options_.processes > 1) meeting_place_ = std::make_unique<processes::MeetingPlace>();
    for (int64_t i = 0; i < options_.jobs; ++i) slots.push_back({device_of_slot(i), 0, nullptr});
    try {
      bool asked_to_stop = false;
      while (is_any_at_work(slots) || (!queue_.empty() && !stop_)) {
        for (Slot& slot : slots)
          if (!slot.worker && !stop_) start(slot);
        if (!is_any_at_work(slots) && leaves_the_rest()) return;
        if (stop_ && !std::exchange(asked_to_stop, true)) stop_all(slots);
        wait_for_news(slots);
        for (Slot& slot : slots)
          if (slot.worker && !slot.worker->advance()) end(slot);
      }
    } catch (...) {
      stop_all(slots);  // at once, before the slots' end waits for one after the other
      throw;
    }
    if (!queue_.empty()) throw Interrupted(stopped_text);
  }

 private:
  static constexpr std::chrono::milliseconds pause{200};
  static constexpr const char* stopped_text = "stopped, the same command goes on from there";

  /// A place for one worker after the other.
  struct Slot {
    torch::Device device;
    size_t index;
    std::unique_ptr<Worker> worker;
  };

  static bool is_any_at_work(const std::vector<Slot>& slots) {
    return std::any_of(slots.begin(), slots.end(), [](const Slot& slot) { return slot.worker != nullptr; });
  }

  static void stop_all(std::vector<Slot>& slots) {
    for (Slot& slot : slots)
      if (slot.worker) slot.worker->stop();
  }

  static void wait_for_news(const std::vector<Slot>& slots) {
    std::vector<pollfd> descriptors;
    for (const Slot& slot : slots)
      for (const int descriptor : slot.worker ? slot.worker->news() : std::vector<int>{})
        descriptors.push_back({descriptor, POLLIN, 0});
    ::poll(descriptors.data(), descriptors.size(), static_cast<int>(pause.count()));
  }

  std::optional<size_t> next() {
    const auto index = queue_.next();
    if (index) looks_in_vain_ = 0;
    return index;
  }

  /// To be asked when nothing is at work and nothing is free. Programs that look whether a run is free hold its lock for
  /// a moment, so one look is not enough, or two of them would leave it to each other. What a lost machine held is left
  /// to nobody: it comes free.
  bool leaves_the_rest() {
    const int enough = 10;
    return options_.shared && !stop_ && ++looks_in_vain_ > enough && !queue_.is_any_in_doubt();
  }

  const runs::RunKey& run(size_t index) const { return experiment_.runs()[index]; }

  std::unique_ptr<RunObserver> watch(size_t index) {
    return observer_.watch({index + 1, experiment_.runs().size(), run(index).row, run(index).seed});
  }

  WorkOrder order(size_t index, torch::Device device) const {
    return {options_.folder, experiment_.experiment().source, run(index), experiment_.settings(device)};
  }

  /// Devices in turn; runs of several processes take as many of the GPUs as they have processes.
  torch::Device device_of_slot(int64_t slot) const {
    const torch::Device device = options_.devices[static_cast<size_t>(slot) % options_.devices.size()];
    if (!device.is_cuda() || options_.processes == 1) return device;
    return {device.type(), static_cast<c10::DeviceIndex>(device.index() + slot * options_.processes)};
  }

  /// The places of the processes of one run; none where it has one process.
  std::vector<processes::Placement> next_team() {
    std::vector<processes::Placement> team;
    if (options_.processes == 1) return team;
    const std::string prefix = "team" + std::to_string(++teams_);
    for (int64_t rank = 0; rank < options_.processes; ++rank)
      team.push_back(place_in_team(rank, options_.processes, meeting_place_->port(), prefix));
    return team;
  }

  void start(Slot& slot) {
    const auto index = next();
    if (!index) return;
    slot.index = *index;
    slot.worker =
        std::make_unique<Worker>(options_.worker_program, order(*index, slot.device), watch(*index), next_team());
  }

  void end(Slot& slot) {
    const std::unique_ptr<Worker> worker = std::move(slot.worker);
    finish(slot.index, worker->finish(experiment_.ledger(), run(slot.index)));
  }

  void finish(size_t index, RunOutcome outcome) {
    if (outcome == RunOutcome::busy || outcome == RunOutcome::stopped) {
      queue_.give_back(index);
      return;
    }
    observer_.on_run_over();
  }

  PreparedExperiment& experiment_;
  const RunOptions& options_;
  ExperimentObserver& observer_;
  const std::atomic<bool>& stop_;
  runs::RunQueue queue_;
  std::unique_ptr<processes::MeetingPlace> meeting_place_;
  int64_t teams_ = 0;
  int looks_in_vain_ = 0;
};

bool works_in_processes(const RunOptions& options) {
  return options.jobs > 1 || (options.processes > 1 && !options.group);
}

/// Throws std::invalid_argument for options that only a caller in C++ can give.
void check_options(const RunOptions& options) {
  if (options.jobs < 1 || options.devices.empty())
    throw std::invalid_argument("RunOptions: expected jobs of at least 1 and a device, received " +
                                std::to_string(options.jobs) + " and " + std::to_string(options.devices.size()));
  if (works_in_processes(options) && options.worker_program.empty())
    throw std::invalid_argument("RunOptions: jobs or processes over 1 need a worker_program");
}

/// Threads that would wait for each other's cores are worth a word: a folder keeps their number.
void warn_of_crowding(const config::ExperimentOptions& experiment, const RunOptions& options,
                      ExperimentObserver& observer) {
  const int64_t cores = std::max<int64_t>(1, std::thread::hardware_concurrency());
  const int64_t of_a_run = options.group ? options.group->placement().local_size : options.processes;
  if (of_a_run > 1 && experiment.threads * options.jobs * of_a_run > cores)
    observer.on_warning(std::to_string(options.jobs * of_a_run) + " processes side by side with /threads " +
                        std::to_string(experiment.threads) + " each are more than the " + std::to_string(cores) +
                        " cores here");
  else if (options.jobs > 1 && experiment.threads * options.jobs > cores)
    observer.on_warning(std::to_string(options.jobs) + " runs side by side with /threads " +
                        std::to_string(experiment.threads) + " each are more than the " + std::to_string(cores) +
                        " cores here");
}

/// Keeps in the folder what there is to know of the data, and says it where runs are to be trained.
void look_at_data(const PreparedExperiment& experiment, ExperimentObserver& observer) {
  const bool is_any_missing = experiment.count_done() < experiment.runs().size();
  const std::filesystem::path& folder = experiment.ledger().folder();
  if (!is_any_missing && runs::read_data_findings(folder)) return;
  const data::Findings data = experiment.find_in_data();
  {
    // Another program that takes the folder meanwhile removes what is half written there.
    const FileLock lock = experiment.ledger().lock();
    runs::write_data_findings(folder, {data.notes, data.warnings});
  }
  if (!is_any_missing) return;
  for (const std::string& text : data.notes) observer.on_note(text);
  for (const std::string& text : data.warnings) observer.on_warning(text);
}

/// The folder as it will be when what others hold is taken over.
runs::Ledger with_runs_elsewhere(const PreparedExperiment& experiment, const FinishedElsewhere& elsewhere) {
  runs::Ledger ledger = experiment.ledger();
  std::map<std::string, std::filesystem::path> folders;
  for (const auto& [index, folder] : elsewhere.runs) folders[ledger.run_name(experiment.runs()[index])] = folder;
  ledger.read_elsewhere(std::move(folders));
  return ledger;
}

/// The next round of an experiment that adds seeds, said; false: there is none.
bool add_seeds(PreparedExperiment& experiment, const RunOptions& options, ExperimentObserver& observer) {
  if (!experiment.add_seeds()) return false;
  const size_t seeds = experiment.experiment().options.seeds.size();
  observer.on_note("going on to " + std::to_string(seeds) + " seeds, at most " +
                   std::to_string(experiment.experiment().options.until->at_most_seeds) +
                   ": not every difference is decided yet");
  take_over_finished(experiment, options, observer);
  return true;
}

/// Where processes share all cores of a machine, these move their numbers, too, and compute nothing meanwhile.
GroupLink link_of(const RunOptions& options, const train::TrainJob& job) {
  GroupLink link;
  const int64_t cores = std::max<int64_t>(1, std::thread::hardware_concurrency());
  const double rate = options.processes == 1 || options.network_gbit > 0 ? bytes_per_second_of(options.network_gbit)
                                                                         : measure_bytes_per_second().value_or(0);
  if (options.processes == 1 || rate == 0) return link;
  link.processes = options.processes;
  link.bytes_per_second = rate;
  link.overlaps =
      options.network_gbit > 0 || !job.device.is_cpu() || options.processes * options.jobs * job.threads < cores;
  return link;
}

}  // namespace

RunPlan plan_run(experiment::Experiment experiment, const RunOptions& options,
                 const std::function<void(const std::string&)>& say) {
  check_options(options);
  PreparedExperiment prepared(std::move(experiment), options);
  RunPlan plan;
  plan.runs = prepared.runs().size();
  plan.done = prepared.count_done();
  plan.most_runs = plan.runs;
  const config::ExperimentOptions& asked = prepared.experiment().options;
  if (asked.until)
    plan.most_runs =
        plan.runs / asked.seeds.size() * std::max(asked.seeds.size(), static_cast<size_t>(asked.until->at_most_seeds));
  const FinishedElsewhere elsewhere = find_finished_elsewhere(prepared, options);
  plan.to_take_over = elsewhere.runs.size();
  plan.ledger = with_runs_elsewhere(prepared, elsewhere);
  const auto is_there = [&](size_t i) { return elsewhere.runs.contains(i) || plan.ledger.is_done(prepared.runs()[i]); };
  std::map<std::string, double> seconds;  // of a done run, by configuration
  for (size_t i = 0; i < plan.runs; ++i)
    if (const auto took = is_there(i) ? plan.ledger.timing(prepared.runs()[i]).seconds() : std::nullopt)
      seconds[prepared.runs()[i].content] = *took;
  std::vector<PlannedRun> missing;
  for (size_t i = 0; i < plan.runs; ++i) {
    if (is_there(i)) continue;
    const runs::RunKey& run = prepared.runs()[i];
    PlannedRun planned{prepared.job(run, options.devices.at(0)), std::nullopt, run.row};
    if (const auto known = seconds.find(run.content); known != seconds.end()) planned.seconds = known->second;
    missing.push_back(std::move(planned));
  }
  const double most_timing_seconds = 20;
  if (!missing.empty()) plan.link = link_of(options, missing.front().job);
  plan.work = estimate_work(std::move(missing), most_timing_seconds, say, plan.link);
  plan.experiment = prepared.experiment();
  plan.design = prepared.design();
  plan.notes = prepared.notes();
  if (!elsewhere.others.empty()) plan.notes.push_back(elsewhere.others);
  plan.data = prepared.find_in_data();
  plan.warnings = prepared.schedule_warnings();
  return plan;
}

void run_experiment(experiment::Experiment wanted, const RunOptions& options, ExperimentObserver& observer,
                    const std::atomic<bool>& stop) {
  check_options(options);
  PreparedExperiment experiment(std::move(wanted), options);
  experiment.claim_folder();
  for (const std::string& text : experiment.notes()) observer.on_note(text);
  take_over_finished(experiment, options, observer);
  look_at_data(experiment, observer);
  if (experiment.count_done() < experiment.runs().size())
    for (const std::string& text : experiment.schedule_warnings()) observer.on_warning(text);
  warn_of_crowding(experiment.experiment().options, options, observer);
  do {
    Runner runner(experiment, options, observer, stop);
    if (works_in_processes(options)) runner.run_in_processes();
    else runner.run_here();
  } while (add_seeds(experiment, options, observer));
  const size_t open = experiment.runs().size() - experiment.count_done();
  if (options.shared && open > 0)
    observer.on_note(counted(static_cast<long long>(open), "run") + " of " + options.folder.string() +
                     " left as they are: others train them, or they have failed");
}

}  // namespace staircase::execution
