#include "staircase/execution/worker.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

#include "staircase/base/errors.h"
#include "staircase/base/host.h"
#include "staircase/data/open_data.h"
#include "staircase/execution/failure_sentence.h"
#include "staircase/execution/team.h"
#include "staircase/processes/process_group.h"

namespace staircase::execution {
namespace {

using config::Json;

/// Writes what a run tells as JSON lines: {"start": true}, {"step": {...}}, {"epoch": {...}},
/// {"warning": "..."}, {"note": "..."}, {"end": summary}, {"failed": "reason"}.
class LineObserver : public RunObserver {
 public:
  LineObserver(int descriptor, std::atomic<bool>& stop) : descriptor_(descriptor), stop_(stop) {}

  void on_start() override { write("start", true); }
  void on_step(const train::StepReport& r) override {
    if (Clock::now() - last_step_ < std::chrono::milliseconds(100)) return;
    last_step_ = Clock::now();
    write("step", {{"epoch", r.epoch},
                   {"epochs", r.epochs},
                   {"step", r.step},
                   {"steps", r.steps},
                   {"loss", r.loss},
                   {"learning_rate", r.learning_rate},
                   {"images_per_second", r.images_per_second},
                   {"seconds_left", r.seconds_left}});
  }
  void on_epoch(const Json& line) override { write("epoch", line); }
  void on_warning(const std::string& text) override { write("warning", text); }
  void on_note(const std::string& text) override { write("note", text); }
  void on_end(const Json& summary) override { write("end", summary); }
  void on_failed(const std::string& reason) override { write("failed", reason); }

 private:
  void write(const char* key, const Json& value) {
    const std::string line = Json{{key, value}}.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
    for (size_t done = 0; done < line.size();) {
      const ssize_t count = ::write(descriptor_, line.data() + done, line.size() - done);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) {
        stop_ = true;
        return;
      }
      done += static_cast<size_t>(count);
    }
  }

  int descriptor_;
  std::atomic<bool>& stop_;
  Clock::time_point last_step_;
};

train::StepReport to_step(const Json& j) {
  train::StepReport r;
  r.epoch = j.at("epoch");
  r.epochs = j.at("epochs");
  r.step = j.at("step");
  r.steps = j.at("steps");
  r.loss = j.at("loss");
  r.learning_rate = j.at("learning_rate");
  r.images_per_second = j.at("images_per_second");
  r.seconds_left = j.at("seconds_left");
  return r;
}

/// `who`: "its process".
std::string death(const std::string& who, int status, const RunPlace& place) {
  if (status == exit_status(RunOutcome::stopped)) return who + " was asked to stop, and did after a checkpoint";
  if (status >= 0) return who + " ended with status " + std::to_string(status);
  const int signal = -status;
  const std::string killed = who + " was killed by signal " + std::to_string(signal) + " (" + ::strsignal(signal);
  if (signal != SIGKILL) return killed + ")";
  return killed + ", as the system does when memory runs out); if so: " + out_of_memory(place);
}

/// Who looks whether a run is at work holds its lock for a moment.
std::optional<FileLock> lock_patiently(const runs::Ledger& ledger, const runs::RunKey& run) {
  for (int tries = 0; tries < 10; ++tries) {
    if (auto lock = ledger.try_lock(run)) return lock;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return std::nullopt;
}

}  // namespace

std::string WorkOrder::to_word() const {
  return Json{{"folder", folder.string()},
              {"source", source},
              {"configuration", config::write_configuration(run.configuration)},
              {"seed", run.seed},
              {"row", run.row},
              {"content", run.content},
              {"device", settings.device.str()},
              {"threads", settings.threads},
              {"loader_workers", settings.loader_workers},
              {"checkpoint_minutes", settings.checkpoint_minutes},
              {"elsewhere", settings.elsewhere}}
      .dump();
}

WorkOrder WorkOrder::from_word(const std::string& word) {
  try {
    const Json j = Json::parse(word);
    WorkOrder order;
    order.folder = j.at("folder").get<std::string>();
    order.source = j.at("source");
    order.run = {config::read_configuration(j.at("configuration"), order.source, experiment::model_reader()),
                 j.at("seed"), j.at("row"), j.at("content")};
    order.settings = {torch::Device(j.at("device").get<std::string>()), j.at("threads"), j.at("loader_workers"),
                      j.at("checkpoint_minutes"), j.at("elsewhere")};
    return order;
  } catch (const Json::exception&) {
    throw RequestError("a worker is started by run --jobs, which tells it all it needs");
  }
}

void tell_failure(int descriptor, const std::string& reason) {
  std::atomic<bool> nobody_reads{false};
  LineObserver(descriptor, nobody_reads).on_failed(reason);
}

RunOutcome work(const WorkOrder& order, int descriptor, std::atomic<bool>& stop,
                const std::shared_ptr<processes::ProcessGroup>& group) {
  const runs::Ledger ledger(order.folder);
  LineObserver observer(descriptor, stop);
  const auto prepare = [&] {
    const config::DataOptions& data = order.run.configuration.data;
    train::TrainJob job =
        make_job(ledger, order.run, order.settings, data::open_data(data, {order.source, "/data"}, order.folder));
    job.group = group;
    return job;
  };
  const auto announce = [&] { group->announce(order.to_word()); };
  return execute_run(ledger, order.run, prepare, order.settings.elsewhere, observer, stop, announce);
}

int exit_status(RunOutcome outcome) {
  switch (outcome) {
    case RunOutcome::done: return 0;
    case RunOutcome::failed: return 1;
    case RunOutcome::busy: return 3;  // 2 is a wrong request
    default: return 130;
  }
}

Worker::Worker(const std::vector<std::string>& program, const WorkOrder& order, std::unique_ptr<RunObserver> observer,
               const std::vector<processes::Placement>& team)
    : observer_(std::move(observer)) {
  for (size_t rank = 0; rank < std::max<size_t>(1, team.size()); ++rank) {
    std::vector<std::string> words = program;
    words.push_back(rank == 0 ? order.to_word() : "");
    if (!team.empty()) words.push_back(placement_word(team[rank]));
    members_.push_back({std::make_unique<ChildProcess>(words), false, 0, ""});
  }
}

std::vector<int> Worker::news() const {
  std::vector<int> descriptors;
  for (const Member& member : members_)
    if (!member.ended) descriptors.push_back(member.process->output());
  return descriptors;
}

void Worker::tell(const Json& message) {
  const std::string key = message.begin().key();
  const Json& value = message.begin().value();
  if (key == "start") observer_->on_start();
  if (key == "step") {
    const train::StepReport report = to_step(value);
    observer_->on_step(report);
    step_ = report.step;
    steps_ = report.steps;
  }
  if (key == "epoch") observer_->on_epoch(value);
  if (key == "warning") observer_->on_warning(value);
  if (key == "note") observer_->on_note(value);
  if (key == "end") observer_->on_end(value);
  if (key == "failed") {
    observer_->on_failed(value);
    told_failure_ = true;
  }
}

void Worker::hear(Member& member) {
  std::vector<std::string> lines;
  const bool more = member.process->read_lines(lines);
  for (const std::string& line : lines) {
    const Json message = Json::parse(line, nullptr, false);
    if (!message.is_object() || message.size() != 1) continue;
    if (&member == members_.data()) tell(message);
    else if (message.contains("failed")) member.failure = message["failed"].get<std::string>();
  }
  if (more) return;
  member.ended = true;
  member.status = member.process->wait();
}

bool Worker::advance() {
  bool any = false;
  for (size_t rank = 0; rank < members_.size(); ++rank) {
    Member& member = members_[rank];
    if (member.ended) continue;
    hear(member);
    any |= !member.ended;
    if (!member.ended || member.status == 0 || first_failed_) continue;
    first_failed_ = rank;
    failed_at_ = Clock::now();
  }
  const double grace_seconds = 1;  // to say why, and to end by itself
  if (any && first_failed_ && seconds_since(failed_at_) > grace_seconds) end_the_rest();
  return any;
}

void Worker::end_the_rest() {
  for (const Member& member : members_)
    if (!member.ended) member.process->send(SIGKILL);
}

void Worker::stop() {
  members_[0].process->send(SIGTERM);  // it tells the others
  asked_to_stop_ = true;
}

/// Of the process that failed first: a death counts before what others said of it.
std::string Worker::reason_of_end(const RunPlace& place) const {
  if (members_.size() == 1) return death("its process", members_[0].status, place);
  const int stopped = exit_status(RunOutcome::stopped);
  if (std::all_of(members_.begin(), members_.end(), [&](const Member& each) { return each.status == stopped; }))
    return "one of its processes was asked to stop, so all of them did, after a checkpoint";
  size_t cause = first_failed_.value_or(0);
  for (size_t rank = 0; rank < members_.size(); ++rank)
    if (!members_[rank].failure.empty()) cause = rank;
  const Member& member = members_[cause];
  const std::string who = "rank " + std::to_string(cause) + " on " + host_name();
  return member.failure.empty() ? death(who, member.status, place) : who + ": " + member.failure;
}

RunOutcome Worker::finish(const runs::Ledger& ledger, const runs::RunKey& run) {
  const int status = members_[0].status;
  if (ledger.is_done(run)) return RunOutcome::done;
  if (status == exit_status(RunOutcome::busy)) return RunOutcome::busy;
  if (status == exit_status(RunOutcome::failed) && (told_failure_ || ledger.failure(run))) return RunOutcome::failed;
  if (asked_to_stop_) return RunOutcome::stopped;
  const auto lock = lock_patiently(ledger, run);
  if (!lock) return RunOutcome::busy;  // another program has begun it anew
  const std::string reason = reason_of_end({run.row, run.seed, step_, steps_, run.configuration});
  ledger.record_failure(run, reason);
  if (!told_failure_) observer_->on_failed(reason);
  return RunOutcome::failed;
}

}  // namespace staircase::execution
