// One of many programs that train in a folder, as the tasks of an array do.
#include <chrono>
#include <cstdlib>
#include <thread>

#include "execution/small_run.h"
#include "staircase/runs/ledger.h"
#include "staircase/runs/status.h"
#include "support/catch.h"

namespace shared_test {

using namespace staircase;
using namespace staircase::execution;
namespace fs = std::filesystem;

namespace {

void run_shared(const config::Json& content, const fs::path& folder, ExperimentObserver& observer) {
  const std::atomic<bool> never{false};
  RunOptions options;
  options.folder = folder;
  options.shared = true;
  run_experiment(experiment::resolve_experiment(content, "x.json"), options, observer, never);
}

/// At its first step another machine takes the run's lease over, while this one is held up.
class HeldUp : public ExperimentObserver {
 public:
  explicit HeldUp(fs::path folder) : folder_(std::move(folder)) {}
  std::unique_ptr<RunObserver> watch(const RunLabel&) override { return std::make_unique<OfRun>(*this); }
  std::vector<std::string> failed, warned;

 private:
  struct OfRun : RunObserver {
    explicit OfRun(HeldUp& whole) : all(whole) {}
    void on_step(const train::StepReport& report) override {
      if (report.step > 1) return;
      const fs::path lock = tests::only_run(all.folder_) / ".lock";
      fs::rename(fs::directory_iterator(lock)->path(), lock / "elsewhere~0~1~1~60.000~ff");
      std::this_thread::sleep_for(std::chrono::milliseconds(500));
    }
    void on_failed(const std::string& reason) override { all.failed.push_back(reason); }
    void on_warning(const std::string& text) override { all.warned.push_back(text); }
    HeldUp& all;
  };
  fs::path folder_;
};

}  // namespace

TEST_CASE("One of many programs trains what is free, and ends while another trains the rest", "[execution]") {
  const tests::TemporaryFolder folder;
  config::Json content = tests::single_run();
  tests::Listener first, second;
  tests::run(content, folder / "out", first);
  content["seeds"] = {0, 1, 2};
  const runs::Ledger ledger(folder / "out");
  const auto experiment = experiment::resolve_experiment(content, "x.json");
  const runs::RunKey other{experiment.base, 1, "base",
                           tests::only_run(folder / "out").filename().string().substr(0, 16)};
  const auto lock = ledger.try_lock(other);
  REQUIRE(lock);
  run_shared(content, folder / "out", second);
  CHECK(second.ended.size() == 1);
  CHECK(runs::read_run_state(folder / "out", ledger.run_name(other)) == runs::RunState::running);
  CHECK(runs::read_status(folder / "out").count(runs::RunState::done) == 2);
}

TEST_CASE("A run that was taken over while its program was held up is left to the other, and has not failed",
          "[execution]") {
  const tests::TemporaryFolder folder;
  ::setenv("STAIRCASE_LOCKS", "lease:1", 1);
  HeldUp observer(folder / "out");
  run_shared(tests::single_run(), folder / "out", observer);
  ::unsetenv("STAIRCASE_LOCKS");
  CHECK(observer.failed.empty());
  REQUIRE(observer.warned.size() == 1);
  CHECK_THAT(observer.warned[0], ContainsSubstring("another works on it now"));
  const fs::path run = tests::only_run(folder / "out");
  CHECK_FALSE(fs::exists(run / "failure.json"));
  CHECK(runs::read_run_state(folder / "out", run.filename().string()) == runs::RunState::running);
}

}  // namespace shared_test
