// Several programs that train in one folder, by locks of the system and by leases. A process of its own stands for each,
// and one that takes leases in another machine's name for that machine.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <thread>

#include "execution/small_run.h"
#include "staircase/base/clock.h"
#include "staircase/runs/run_log.h"
#include "support/catch.h"

namespace shared_test {

using namespace staircase;
using namespace staircase::execution;
using config::Json;
using tests::single_run;
namespace fs = std::filesystem;

namespace {

/// STAIRCASE_LOCKS, until the end of the scope.
struct Locks {
  explicit Locks(const char* value) { ::setenv("STAIRCASE_LOCKS", value, 1); }
  ~Locks() { ::unsetenv("STAIRCASE_LOCKS"); }
};

Json with_seeds(int64_t count) {
  Json content = single_run();
  content["seeds"] = Json::array();
  for (int64_t seed = 0; seed < count; ++seed) content["seeds"].push_back(seed);
  return content;
}

/// Waits for something that has to happen.
bool comes(const std::function<bool()>& is_there, double most_seconds = 30) {
  const auto start = Clock::now();
  while (!is_there()) {
    if (seconds_since(start) > most_seconds) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

/// Hears a program, and does something after each step, such as to stop it.
struct Hearer : tests::Listener {
  using Step = std::function<void(int64_t step, std::atomic<bool>& stop)>;
  explicit Hearer(Step step) : at_step(std::move(step)) {}
  std::unique_ptr<RunObserver> watch(const RunLabel&) override { return std::make_unique<OfRun>(*this); }
  void on_note(const std::string& text) override { std::cout << text << std::endl; }
  void on_warning(const std::string& text) override { std::cout << "warning: " << text << std::endl; }

  struct OfRun : RunObserver {
    explicit OfRun(Hearer& all) : hearer(all) {}
    void on_step(const train::StepReport& report) override { hearer.at_step(report.step, hearer.stop); }
    void on_warning(const std::string& text) override { hearer.on_warning(text); }
    void on_failed(const std::string& reason) override { hearer.on_warning(reason); }
    Hearer& hearer;
  };
  Step at_step;
};

/// A program that trains in the folder. What it says goes to a file beside it.
class Program {
 public:
  Program(
      const Json& content, const fs::path& folder, bool shared = true,
      const Hearer::Step& at_step = [](int64_t, auto&) {})
      : said_(folder.string() + ".said-" + std::to_string(++count_)) {
    std::fflush(nullptr);  // or the new process would print it again
    std::cout.flush();
    process_ = ::fork();
    if (process_ != 0) return;
    std::freopen(said_.c_str(), "w", stdout);
    int status = 0;
    try {
      RunOptions options;
      options.folder = folder;
      options.shared = shared;
      Hearer hearer(at_step);
      run_experiment(experiment::resolve_experiment(content, "x.json"), options, hearer, hearer.stop);
    } catch (const std::exception& error) {
      std::cout << error.what() << std::endl;
      status = 1;
    }
    ::_exit(status);
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program() {
    if (is_over_) return;
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }

  /// Its exit status, or that of waitpid where a signal ended it.
  int wait() {
    int status = -1;
    ::waitpid(process_, &status, 0);
    is_over_ = true;
    return WIFEXITED(status) ? WEXITSTATUS(status) : status;
  }
  bool runs() {
    if (!is_over_ && ::waitpid(process_, nullptr, WNOHANG) != 0) is_over_ = true;
    return !is_over_;
  }
  void wait_until_stopped() const {
    int status = 0;
    REQUIRE(::waitpid(process_, &status, WUNTRACED) == process_);
    REQUIRE(WIFSTOPPED(status));
  }
  void go_on() const { ::kill(process_, SIGCONT); }
  std::string said() const { return read_file(said_); }

 private:
  static inline int count_ = 0;
  fs::path said_;
  pid_t process_ = -1;
  bool is_over_ = false;
};

/// What no clock decides, by its path.
std::map<std::string, std::string> results_in(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& run : fs::directory_iterator(folder / "runs"))
    for (const char* name : {"metrics.jsonl", "summary.json", "weights.safetensors"})
      if (fs::exists(run.path() / name))
        files[run.path().filename().string() + "/" + name] = read_file(run.path() / name);
  return files;
}

/// The results of one program that had the folder for itself.
std::map<std::string, std::string> results_of_one(const Json& content, const fs::path& folder) {
  REQUIRE(Program(content, folder, false).wait() == 0);
  return results_in(folder);
}

/// The steps from which each run was begun or gone on with, by its seed.
std::map<int64_t, std::vector<int64_t>> starts_in(const fs::path& folder) {
  std::map<int64_t, std::vector<int64_t>> starts;
  for (const auto& run : fs::directory_iterator(folder / "runs")) {
    const Json content = config::read_json_file(run.path() / "config.json");
    for (const Json& start : content["starts"]) starts[content["seed"]].push_back(start["from_step"]);
  }
  return starts;
}

bool is_any_locked(const fs::path& folder) {
  for (const auto& run : fs::directory_iterator(folder / "runs"))
    if (fs::exists(run.path() / runs::run_lock_file)) return true;
  return false;
}

/// The lock of the only run of a folder, which was stopped after a step.
fs::path lock_of_stopped_run(const fs::path& folder) {
  const auto stop_at_once = [](int64_t, std::atomic<bool>& stop) { stop = true; };
  REQUIRE(Program(single_run(), folder, false, stop_at_once).wait() == 1);
  return tests::only_run(folder) / runs::run_lock_file;
}

LeaseOwner on_another_machine() {
  LeaseOwner owner = LeaseOwner::of_this_process();
  owner.host = "another";
  return owner;
}

}  // namespace

TEST_CASE("Programs that share a folder do every run once, side by side, to the bytes of one program", "[execution]") {
  const char* const locks = GENERATE("flock", "lease");
  INFO(locks);
  const Locks by(locks);
  const tests::TemporaryFolder folder;
  const Json content = with_seeds(7);
  const auto alone = results_of_one(content, folder / "one");
  const int count = 3;
  // Each holds its first run until all hold one.
  const auto meet = [&](int64_t step, auto&) {
    if (step != 1) return;
    std::ofstream(folder / ("met-" + std::to_string(::getpid())));
    const auto met = [&] {
      int64_t here = 0;
      for (const auto& entry : fs::directory_iterator(folder.path()))
        here += entry.path().filename().string().starts_with("met-");
      return here >= count;
    };
    if (!comes(met)) std::cout << "the others do not come" << std::endl;
  };
  std::vector<std::unique_ptr<Program>> programs;
  for (int i = 0; i < count; ++i) programs.push_back(std::make_unique<Program>(content, folder / "shared", true, meet));
  for (const auto& program : programs) {
    const int status = program->wait();
    INFO(program->said());
    CHECK(status == 0);
    CHECK_THAT(program->said(), !ContainsSubstring("do not come") && !ContainsSubstring("warning"));
  }
  CHECK((results_in(folder / "shared") == alone));  // not printed: weights are bytes
  std::map<int64_t, std::vector<int64_t>> once;
  for (int64_t seed = 0; seed < 7; ++seed) once[seed] = {0};
  CHECK(starts_in(folder / "shared") == once);
  CHECK_FALSE(is_any_locked(folder / "shared"));
}

TEST_CASE("The run of a program that was killed is gone on with by the others", "[execution]") {
  const Locks by(GENERATE("flock", "lease"));
  const tests::TemporaryFolder folder;
  Json content = with_seeds(3);
  const auto alone = results_of_one(content, folder / "one");
  content["checkpoint_minutes"] = 0.001;
  const auto die = [&](int64_t step, auto&) {
    const fs::path checkpoints = tests::only_run(folder / "shared") / "checkpoints";
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    if (step >= 5 && fs::exists(checkpoints) && !fs::is_empty(checkpoints)) ::raise(SIGKILL);
  };
  CHECK(Program(content, folder / "shared", true, die).wait() == SIGKILL);
  Program second(content, folder / "shared"), third(content, folder / "shared");
  CHECK(second.wait() == 0);
  CHECK(third.wait() == 0);
  CHECK((results_in(folder / "shared") == alone));
  const auto starts = starts_in(folder / "shared");
  REQUIRE(starts.at(0).size() == 2);
  CHECK(starts.at(0)[1] > 0);
  CHECK(starts.at(1) == std::vector<int64_t>{0});
  CHECK(starts.at(2) == std::vector<int64_t>{0});
}

TEST_CASE("A program that shares a folder leaves what others train, and one that does not waits for it",
          "[execution]") {
  const bool by_lease = GENERATE(false, true);
  const Locks by(by_lease ? "lease" : "flock");
  const tests::TemporaryFolder folder;
  const fs::path lock = lock_of_stopped_run(folder / "out");
  {
    std::optional<FileLock> here;
    std::optional<Lease> elsewhere;
    if (by_lease) elsewhere = Lease::try_take(lock, 2, on_another_machine());
    else if (auto taken = FileLock::try_take(lock)) here.emplace(std::move(*taken));
    REQUIRE((here || elsewhere));
    Program shared(with_seeds(2), folder / "out"), waits(with_seeds(2), folder / "out", false);
    CHECK(shared.wait() == 0);
    CHECK_THAT(shared.said(), ContainsSubstring("1 run of " + (folder / "out").string() + " left as they are"));
    CHECK(waits.runs());
    CHECK(starts_in(folder / "out").at(0) == std::vector<int64_t>{0});
    here.reset();
    elsewhere.reset();
    CHECK(waits.wait() == 0);
  }
  CHECK(starts_in(folder / "out").at(0) == std::vector<int64_t>{0, 1});
  CHECK(starts_in(folder / "out").at(1) == std::vector<int64_t>{0});
}

TEST_CASE("The run of a machine that was lost is not left, but taken over when its lease is over", "[execution]") {
  const Locks by("lease");
  const tests::TemporaryFolder folder;
  const fs::path lock = lock_of_stopped_run(folder / "out");
  const double seconds = 3;
  const pid_t lost = ::fork();
  if (lost == 0) ::_exit(Lease::try_take(lock, seconds, on_another_machine()) ? 0 : 1);
  int status = -1;
  ::waitpid(lost, &status, 0);
  REQUIRE(status == 0);
  const auto start = Clock::now();
  Program program(single_run(), folder / "out");
  CHECK(program.wait() == 0);
  CHECK(seconds_since(start) > seconds);
  CHECK(starts_in(folder / "out").at(0) == std::vector<int64_t>{0, 1});
  CHECK(fs::exists(tests::only_run(folder / "out") / "summary.json"));
}

TEST_CASE("A program that was held up for longer than its lease says so, and leaves its run to who has it",
          "[execution]") {
  const Locks by("lease:1");
  const tests::TemporaryFolder folder;
  const auto alone = results_of_one(single_run(), folder / "one");
  const auto halt = [](int64_t step, auto&) {
    if (step == 7) ::raise(SIGSTOP);
  };
  Program program(single_run(), folder / "out", true, halt);
  program.wait_until_stopped();
  const fs::path lock = tests::only_run(folder / "out") / runs::run_lock_file;
  {
    std::optional<Lease> elsewhere;
    REQUIRE(comes([&] { return (elsewhere = Lease::try_take(lock, 1, on_another_machine())).has_value(); }));
    program.go_on();
    CHECK(program.wait() == 0);
    CHECK_THAT(program.said(), ContainsSubstring("single, seed 0: given up, since this process was held up"));
    CHECK_FALSE(elsewhere->is_lost());
  }
  CHECK_FALSE(fs::exists(tests::only_run(folder / "out") / "summary.json"));
  CHECK(Program(single_run(), folder / "out").wait() == 0);
  CHECK((results_in(folder / "out") == alone));
}

}  // namespace shared_test
