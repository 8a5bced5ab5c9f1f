#include "staircase/execution/worker.h"

#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

#include "staircase/base/errors.h"
#include "staircase/data/open_data.h"
#include "staircase/execution/failure_sentence.h"

namespace staircase::execution {
namespace {

using config::Json;
using Clock = std::chrono::steady_clock;

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

std::string death(int status, const RunPlace& place) {
  if (status == exit_status(RunOutcome::stopped)) return "its process was asked to stop, and did after a checkpoint";
  if (status >= 0) return "its process ended with status " + std::to_string(status);
  const int signal = -status;
  const std::string killed = "its process was killed by signal " + std::to_string(signal) + " (" + ::strsignal(signal);
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

RunOutcome work(const WorkOrder& order, int descriptor, std::atomic<bool>& stop) {
  const runs::Ledger ledger(order.folder);
  LineObserver observer(descriptor, stop);
  const auto prepare = [&] {
    const config::DataOptions& data = order.run.configuration.data;
    return make_job(ledger, order.run, order.settings, data::open_data(data, {order.source, "/data"}, order.folder));
  };
  return execute_run(ledger, order.run, prepare, order.settings.elsewhere, observer, stop);
}

int exit_status(RunOutcome outcome) {
  switch (outcome) {
    case RunOutcome::done: return 0;
    case RunOutcome::failed: return 1;
    case RunOutcome::busy: return 3;  // 2 is a wrong request
    default: return 130;
  }
}

Worker::Worker(std::vector<std::string> program, const WorkOrder& order, std::unique_ptr<RunObserver> observer)
    : observer_(std::move(observer)), process_([&] {
        program.push_back(order.to_word());
        return program;
      }()) {}

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

bool Worker::advance() {
  std::vector<std::string> lines;
  const bool more = process_.read_lines(lines);
  for (const std::string& line : lines) {
    const Json message = Json::parse(line, nullptr, false);
    if (message.is_object() && message.size() == 1) tell(message);
  }
  return more;
}

void Worker::stop() {
  process_.send(SIGTERM);
  asked_to_stop_ = true;
}

RunOutcome Worker::finish(const runs::Ledger& ledger, const runs::RunKey& run) {
  const int status = process_.wait();
  if (ledger.is_done(run)) return RunOutcome::done;
  if (status == exit_status(RunOutcome::busy)) return RunOutcome::busy;
  if (status == exit_status(RunOutcome::failed) && (told_failure_ || ledger.failure(run))) return RunOutcome::failed;
  if (asked_to_stop_) return RunOutcome::stopped;
  const auto lock = lock_patiently(ledger, run);
  if (!lock) return RunOutcome::busy;  // another program has begun it anew
  const std::string reason = death(status, {run.row, run.seed, step_, steps_, run.configuration});
  ledger.record_failure(run, reason);
  observer_->on_failed(reason);
  return RunOutcome::failed;
}

}  // namespace staircase::execution
