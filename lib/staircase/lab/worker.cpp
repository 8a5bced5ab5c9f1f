#include "staircase/lab/worker.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "staircase/base/errors.h"

namespace staircase::lab {
namespace {

using config::Json;
using Clock = std::chrono::steady_clock;

/// Writes what a run tells as JSON lines: {"start": true}, {"step": {...}}, {"epoch": {...}},
/// {"warning": "..."}, {"end": summary}, {"failed": "reason"}, {"busy": true}.
class LineObserver : public RunObserver {
 public:
  explicit LineObserver(std::atomic<bool>& stop) : stop_(stop) {}

  void on_start() override { write("start", true); }
  void on_step(const train::StepReport& r) override {
    if (Clock::now() - last_step_ < std::chrono::milliseconds(100)) return;
    last_step_ = Clock::now();
    write("step", {{"epoch", r.epoch}, {"epochs", r.epochs}, {"step", r.step}, {"steps", r.steps}, {"loss", r.loss},
                   {"learning_rate", r.learning_rate}, {"images_per_second", r.images_per_second},
                   {"seconds_left", r.seconds_left}});
  }
  void on_epoch(const Json& line) override { write("epoch", line); }
  void on_warning(const std::string& text) override { write("warning", text); }
  void on_end(const Json& summary) override { write("end", summary); }
  void on_failed(const std::string& reason) override { write("failed", reason); }
  void on_busy() { write("busy", true); }

 private:
  void write(const char* key, const Json& value) {
    const std::string line = Json{{key, value}}.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
    for (size_t done = 0; done < line.size();) {
      const ssize_t count = ::write(STDOUT_FILENO, line.data() + done, line.size() - done);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) {
        stop_ = true;
        return;
      }
      done += static_cast<size_t>(count);
    }
  }

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

std::string death(int status) {
  if (status >= 0) return "its process ended with status " + std::to_string(status);
  const int signal = -status;
  return "its process was killed by signal " + std::to_string(signal) + " (" + ::strsignal(signal) +
         (signal == SIGKILL ? ", as the system does when memory runs out)" : ")");
}

}  // namespace

std::vector<std::string> WorkOrder::to_words() const {
  return {folder.string(), run, device.str(), std::to_string(jobs)};
}

WorkOrder WorkOrder::from_words(const std::vector<std::string>& words) {
  try {
    if (words.size() == 4) return {words[0], words[1], torch::Device(words[2]), std::stoll(words[3])};
  } catch (const std::exception&) {  // the sentence below says it all
  }
  throw RequestError("a worker is started by run --jobs and takes FOLDER RUN DEVICE JOBS");
}

void work(const WorkOrder& order, std::atomic<bool>& stop) {
  PreparedExperiment experiment(order.folder, order.jobs);
  const auto& runs = experiment.runs();
  const auto run = std::find_if(runs.begin(), runs.end(), [&](const RunKey& key) { return key.name() == order.run; });
  if (run == runs.end()) throw RequestError(order.folder.string() + ": its experiment has no run " + order.run);
  LineObserver observer(stop);
  if (execute_run(experiment, *run, order.device, observer, stop) == RunOutcome::busy) observer.on_busy();
}

Worker::Worker(std::vector<std::string> program, const WorkOrder& order, std::unique_ptr<RunObserver> observer)
    : observer_(std::move(observer)), process_([&] {
        for (std::string& word : order.to_words()) program.push_back(std::move(word));
        return program;
      }()) {}

void Worker::tell(const Json& message) {
  const std::string key = message.begin().key();
  const Json& value = message.begin().value();
  if (key == "start") observer_->on_start();
  if (key == "step") observer_->on_step(to_step(value));
  if (key == "epoch") observer_->on_epoch(value);
  if (key == "warning") observer_->on_warning(value);
  if (key == "end") observer_->on_end(value), outcome_ = RunOutcome::done;
  if (key == "failed") observer_->on_failed(value), outcome_ = RunOutcome::failed;
  if (key == "busy") outcome_ = RunOutcome::busy;
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

RunOutcome Worker::finish(const Ledger& ledger, const RunKey& run) {
  const int status = process_.wait();
  if (outcome_) return *outcome_;
  if (status == 0) return RunOutcome::done;  // another program had done it before
  if (asked_to_stop_) return RunOutcome::stopped;
  const std::string reason = death(status);
  ledger.record_failure(run, reason);
  observer_->on_failed(reason);
  return RunOutcome::failed;
}

}  // namespace staircase::lab
