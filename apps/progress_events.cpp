#include "progress_events.h"

#include <iostream>

#include "staircase/base/clock.h"

namespace staircase::apps {
namespace {

using config::Json;

void tell(const Json& event) {
  std::cerr << event.dump(-1, ' ', false, Json::error_handler_t::replace) << "\n" << std::flush;
}

class RunEvents : public execution::RunObserver {
 public:
  explicit RunEvents(const execution::RunLabel& label) : label_(label) {}

  void on_start() override { tell(event("run_started")); }
  void on_step(const train::StepReport& report) override {
    if (report.step < report.steps && told_step_ && seconds_since(last_step_) < 1) return;
    told_step_ = true;
    last_step_ = Clock::now();
    Json line = event("step");
    line.update({{"epoch", report.epoch},
                 {"epochs", report.epochs},
                 {"step", report.step},
                 {"steps", report.steps},
                 {"loss", report.loss},
                 {"learning_rate", report.learning_rate},
                 {"images_per_second", report.images_per_second},
                 {"seconds_left", report.seconds_left}});
    tell(line);
  }
  void on_epoch(const Json& line) override { tell_with("epoch", "numbers", line); }
  void on_end(const Json& summary) override { tell_with("run_done", "numbers", summary); }
  void on_failed(const std::string& reason) override { tell_with("run_failed", "reason", reason); }
  void on_warning(const std::string& text) override { tell_with("warning", "text", text); }
  void on_note(const std::string& text) override { tell_with("note", "text", text); }

 private:
  Json event(const char* name) const {
    return {{"event", name}, {"row", label_.name}, {"seed", label_.seed}, {"run", label_.index}, {"runs", label_.runs}};
  }
  void tell_with(const char* name, const char* key, const Json& value) const {
    Json line = event(name);
    line[key] = value;
    tell(line);
  }

  execution::RunLabel label_;
  bool told_step_ = false;
  Clock::time_point last_step_;
};

}  // namespace

std::unique_ptr<execution::RunObserver> ProgressEvents::watch(const execution::RunLabel& label) {
  return std::make_unique<RunEvents>(label);
}

void ProgressEvents::on_run_over() {
  if (const auto problem = report_.run_over()) on_warning(*problem);
}

void ProgressEvents::on_note(const std::string& text) { tell({{"event", "note"}, {"text", text}}); }
void ProgressEvents::on_warning(const std::string& text) { tell({{"event", "warning"}, {"text", text}}); }

}  // namespace staircase::apps
