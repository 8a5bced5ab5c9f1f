#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "staircase/base/child_process.h"
#include "staircase/lab/execute.h"

namespace staircase::lab {

/// What a worker process is told, as the words after the program's own.
struct WorkOrder {
  std::filesystem::path folder;  ///< it holds experiment.json
  std::string run;               ///< RunKey::name()
  torch::Device device = torch::kCPU;
  int64_t jobs = 1;  ///< runs side by side, of which this is one

  std::vector<std::string> to_words() const;
  /// Throws RequestError when the words are not what to_words() gives.
  static WorkOrder from_words(const std::vector<std::string>& words);
};

/// The worker's side: trains the run and tells of it in JSON lines on the standard output. Sets `stop` when
/// nobody reads them any more: a worker never outlives the program that started it by more than a step.
/// Throws Interrupted, and RequestError when the folder does not hold such a run.
void work(const WorkOrder& order, std::atomic<bool>& stop);

/// The other side: a process that trains one run of a folder.
class Worker {
 public:
  /// `program`: path of the program and the words that make it a worker. The observer hears of the run.
  Worker(std::vector<std::string> program, const WorkOrder& order, std::unique_ptr<RunObserver> observer);

  /// A descriptor to poll() for news.
  int news() const { return process_.output(); }

  /// Tells the observer what has come. False: the process has ended.
  bool advance();

  /// Asks it to write a checkpoint and end.
  void stop();

  /// After its end. A process that ended without a word has failed: that is recorded, and the observer hears it.
  RunOutcome finish(const Ledger& ledger, const RunKey& run);

 private:
  void tell(const config::Json& message);

  std::unique_ptr<RunObserver> observer_;
  ChildProcess process_;
  std::optional<RunOutcome> outcome_;
  bool asked_to_stop_ = false;
};

}  // namespace staircase::lab
