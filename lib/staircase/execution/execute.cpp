#include "staircase/execution/execute.h"

#include <unistd.h>

#include <chrono>

#include "staircase/base/errors.h"
#include "staircase/base/files.h"
#include "staircase/base/host.h"
#include "staircase/execution/failure_sentence.h"
#include "staircase/execution/run_starts.h"
#include "staircase/processes/process_group.h"

namespace staircase::execution {
namespace {

using config::Json;
using Clock = std::chrono::steady_clock;

/// Another machine holds the run's lock by now, and works on it.
class LockLost : public std::exception {};

/// Passes everything on, and notes in the run's lock where the run stands.
class NotingObserver : public train::TrainObserver {
 public:
  NotingObserver(RunObserver& next, const FileLock& lock, const runs::RunKey& run)
      : next_(next), lock_(lock), note_{{"host", host_name()}, {"pid", ::getpid()}}, place_{run.row, run.seed, 0, 0, run.configuration} {
    leave();
  }

  const RunPlace& place() const { return place_; }

  void work_on(const train::TrainJob& job) {
    note_["device"] = job.device.str();
    note_["epochs"] = job.configuration.recipe.epochs;
    leave();
    left_ = {};  // the first step is news
  }

  void on_step(const train::StepReport& report) override {
    if (lock_.is_lost()) throw LockLost();
    next_.on_step(report);
    place_.step = report.step;
    place_.steps = report.steps;
    if (Clock::now() - left_ < std::chrono::seconds(1)) return;
    note_["epoch"] = report.epoch;
    note_["step"] = report.step;
    note_["steps"] = report.steps;
    note_["images_per_second"] = report.images_per_second;
    note_["seconds_left"] = report.seconds_left;
    leave();
  }
  void on_epoch(const Json& line) override { next_.on_epoch(line); }
  void on_warning(const std::string& text) override { next_.on_warning(text); }
  void on_note(const std::string& text) override { next_.on_note(text); }

 private:
  void leave() {
    lock_.leave_note(note_.dump());
    left_ = Clock::now();
  }

  RunObserver& next_;
  const FileLock& lock_;
  Json note_;
  RunPlace place_;
  Clock::time_point left_;
};

RunOutcome record_failure(const runs::Ledger& ledger, const runs::RunKey& run, RunObserver& observer,
                          const std::string& reason) {
  observer.on_failed(reason);
  try {
    ledger.record_failure(run, reason);
  } catch (const std::runtime_error&) {  // a full disk is not a second reason, and the first one was said
  }
  return RunOutcome::failed;
}

}  // namespace

train::TrainJob make_job(const runs::Ledger& ledger, const runs::RunKey& run, const RunSettings& settings,
                         data::DataSource data) {
  train::TrainJob job;
  job.configuration = run.configuration;
  job.seed = run.seed;
  job.folder = ledger.run_folder(run);
  job.data = std::move(data);
  job.device = settings.device;
  job.threads = settings.threads;
  job.loader_workers = settings.loader_workers;
  job.checkpoint_minutes = settings.checkpoint_minutes;
  return job;
}

RunOutcome execute_run(const runs::Ledger& ledger, const runs::RunKey& run,
                       const std::function<train::TrainJob()>& prepare, bool elsewhere, RunObserver& observer,
                       const std::atomic<bool>& stop, const std::function<void()>& announce) {
  const auto lock = ledger.try_lock(run);
  if (!lock) return RunOutcome::busy;
  if (ledger.is_done(run)) return RunOutcome::done;
  for (const auto& folder : {ledger.run_folder(run), ledger.run_folder(run) / "checkpoints"})
    remove_unfinished_files(folder);
  NotingObserver noting(observer, *lock, run);
  observer.on_start();
  bool together = false;
  try {
    if (const std::string damage = ledger.set_damaged_summary_aside(run); !damage.empty()) observer.on_warning(damage);
    ledger.clear_failure(run);
    const train::TrainJob job = prepare();
    noting.work_on(job);
    check_start(job, elsewhere);
    write_run_config(job);
    together = job.group != nullptr;
    if (together) announce();
    observer.on_end(train::train(job, noting, stop));
    return RunOutcome::done;
  } catch (const Interrupted&) {
    throw;
  } catch (const LockLost&) {
    observer.on_warning(run.row + ", seed " + std::to_string(run.seed) +
                        ": given up, since this process was held up for longer than its lease of the run, and another "
                        "works on it now");
    if (together) throw GroupOver();
    return RunOutcome::busy;
  } catch (const processes::FailedTogether&) {
    return record_failure(ledger, run, observer, failure_sentence(noting.place()));
  } catch (const std::exception&) {
    const RunOutcome outcome = record_failure(ledger, run, observer, failure_sentence(noting.place()));
    if (together) throw GroupOver();
    return outcome;
  }
}

}  // namespace staircase::execution
