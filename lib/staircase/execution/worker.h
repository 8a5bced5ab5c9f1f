#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "staircase/base/child_process.h"
#include "staircase/execution/execute.h"

namespace staircase::execution {

/// What a worker process is told, in one word after the program's own. It says everything, so that what other
/// programs do to the folder meanwhile cannot change it.
struct WorkOrder {
  std::filesystem::path folder;  ///< of the experiment
  std::string source;            ///< the experiment's file, for messages
  runs::RunKey run;
  RunSettings settings;

  std::string to_word() const;
  /// Throws RequestError when the word is not what to_word() gives.
  static WorkOrder from_word(const std::string& word);
};

/// The worker's side: trains the run and tells of it in JSON lines on the descriptor. Sets `stop` when nobody
/// reads them any more.
/// Throws Interrupted.
RunOutcome work(const WorkOrder& order, int descriptor, std::atomic<bool>& stop);

/// The exit status with which a worker says how its run ended.
int exit_status(RunOutcome outcome);

/// The other side: a process that trains one run of a folder.
class Worker {
 public:
  /// `program`: path of the program and the words that make it a worker. The observer hears of the run.
  /// Throws std::runtime_error when it cannot be started.
  Worker(std::vector<std::string> program, const WorkOrder& order, std::unique_ptr<RunObserver> observer);

  /// A descriptor to poll() for news.
  int news() const { return process_.output(); }

  /// Tells the observer what has come. False: the process has ended.
  bool advance();

  /// Asks it to write a checkpoint and end.
  void stop();

  /// After its end. A process that did not say how its run ended has failed: that is recorded, unless another
  /// one works on the run by now, and the observer hears it.
  RunOutcome finish(const runs::Ledger& ledger, const runs::RunKey& run);

 private:
  void tell(const config::Json& message);

  std::unique_ptr<RunObserver> observer_;
  ChildProcess process_;
  bool asked_to_stop_ = false, told_failure_ = false;
  int64_t step_ = 0, steps_ = 0;  // done, of all
};

}  // namespace staircase::execution
