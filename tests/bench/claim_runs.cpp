// Many programs that share the runs of one folder, without training: each takes what is free, waits as long as a run
// takes, and goes on. One of them is killed half-way. Says whether every run was done, and by one program alone unless
// the killed one had it, and which share of the programs' time went into claims.
//   claim_runs RUNS PROGRAMS SECONDS_A_RUN [FOLDER]       default: a folder of its own, which is removed again
// STAIRCASE_LOCKS=lease has it by leases.
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <iostream>
#include <map>
#include <thread>
#include <vector>

#include "staircase/base/clock.h"
#include "staircase/base/files.h"
#include "staircase/base/text.h"
#include "staircase/runs/run_queue.h"
#include "support/small_experiment.h"
#include "support/temporary_folder.h"

using namespace staircase;

namespace {

namespace fs = std::filesystem;

struct Task {
  int64_t number = 0;
  double seconds_a_run = 0;
  fs::path log;  ///< "TASK SEED" for each claim; with the share at its end "TASK claims SECONDS of SECONDS"
};

void append(const fs::path& log, const std::string& line) {
  const int descriptor = ::open(log.c_str(), O_WRONLY | O_APPEND | O_CREAT, 0644);
  if (::write(descriptor, line.data(), line.size()) < 0) ::_exit(1);
  ::close(descriptor);
}

void wait_for(double seconds) { std::this_thread::sleep_for(std::chrono::duration<double>(seconds)); }

/// As execution's Runner does for a program that shares a folder.
void work(const Task& task, const std::vector<runs::RunKey>& all, const runs::Ledger& ledger) {
  const auto start = Clock::now();
  double at_work = 0;
  runs::RunQueue queue(all, ledger, runs::Failures::left);
  for (int looks_in_vain = 0; !queue.empty() && looks_in_vain < 10;) {
    const auto index = queue.next();
    if (!index) {
      ++looks_in_vain;
      wait_for(0.2);
      at_work += 0.2;  // over: it waits for nobody
      continue;
    }
    looks_in_vain = 0;
    const runs::RunKey& run = all[*index];
    const auto lock = ledger.try_lock(run);
    if (!lock) queue.give_back(*index);
    if (!lock || ledger.is_done(run)) continue;
    append(task.log, std::to_string(task.number) + " " + std::to_string(run.seed) + "\n");
    const auto began = Clock::now();
    wait_for(task.seconds_a_run);
    write_file_atomically(ledger.run_folder(run) / "summary.json", "{}");
    at_work += seconds_since(began);
  }
  const double all_seconds = seconds_since(start);
  append(task.log, std::to_string(task.number) + " claims " + decimals(all_seconds - at_work, 6) + " of " +
                       decimals(all_seconds, 6) + "\n");
}

struct Outcome {
  std::map<int64_t, std::vector<int64_t>> claims;  ///< seed to the tasks that had it
  double claim_seconds = 0, seconds = 0;
};

Outcome read_log(const fs::path& log) {
  Outcome outcome;
  std::ifstream in(log);
  for (std::string task, word, of; in >> task >> word;) {
    if (word != "claims") {
      outcome.claims[std::stoll(word)].push_back(std::stoll(task));
      continue;
    }
    double claims = 0, all = 0;
    in >> claims >> of >> all;
    outcome.claim_seconds += claims;
    outcome.seconds += all;
  }
  return outcome;
}

int share_runs(const fs::path& folder, int64_t count, int64_t tasks, double seconds_a_run) {
  const runs::Ledger ledger(folder);
  const config::Configuration configuration = tests::small_configuration();
  std::vector<runs::RunKey> all;
  for (int64_t seed = 0; seed < count; ++seed)
    all.push_back({configuration, seed, "base", ledger.content_name(configuration)});
  const auto start = Clock::now();
  std::vector<pid_t> processes;
  for (int64_t number = 0; number < tasks; ++number) {
    const pid_t process = ::fork();
    if (process == 0) {
      work({number, seconds_a_run, folder / "log"}, all, ledger);
      ::_exit(0);
    }
    processes.push_back(process);
  }
  wait_for(0.5 * seconds_a_run * static_cast<double>(count) / static_cast<double>(tasks));
  ::kill(processes[0], SIGKILL);
  for (const pid_t process : processes) ::waitpid(process, nullptr, 0);
  const double seconds = seconds_since(start);

  const Outcome outcome = read_log(folder / "log");
  int64_t missing = 0, twice = 0;
  for (const runs::RunKey& run : all) {
    missing += !ledger.is_done(run);
    const auto& by = outcome.claims.at(run.seed);
    const bool after_the_killed = by.size() == 2 && by[0] == 0;
    twice += by.size() > 1 && !after_the_killed;
  }
  std::cout << count << " runs of " << seconds_a_run << " s by " << tasks
            << " programs, one of them killed: " << missing << " forgotten, " << twice << " done twice, "
            << decimals(seconds, 1) << " s, claims take " << decimals(100 * outcome.claim_seconds / outcome.seconds, 2)
            << " % of the programs' time (" << decimals(1000 * outcome.claim_seconds / static_cast<double>(count), 2)
            << " ms a run)\n";
  return missing == 0 && twice == 0 ? 0 : 1;
}

}  // namespace

int main(int count, char** words) {
  if (count != 4 && count != 5) {
    std::cerr << "usage: claim_runs RUNS PROGRAMS SECONDS_A_RUN [FOLDER]\n";
    return 2;
  }
  try {
    const tests::TemporaryFolder own;
    const fs::path folder = count == 5 ? fs::path(words[4]) : own.path();
    make_folder(folder);
    return share_runs(folder, std::stoll(words[1]), std::stoll(words[2]), std::stod(words[3]));
  } catch (const std::exception& error) {
    std::cerr << "claim_runs: " << error.what() << "\n";
    return 1;
  }
}
