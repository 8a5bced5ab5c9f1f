#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "staircase/base/child_process.h"
#include "staircase/base/clock.h"
#include "staircase/execution/execute.h"
#include "staircase/execution/failure_sentence.h"
#include "staircase/processes/placement.h"

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
/// reads them any more. group: of which this is rank 0, or null.
/// Throws Interrupted and GroupOver.
RunOutcome work(const WorkOrder& order, int descriptor, std::atomic<bool>& stop,
                const std::shared_ptr<processes::ProcessGroup>& group = nullptr);

/// Tells in such a line that the run failed.
void tell_failure(int descriptor, const std::string& reason);

/// The exit status with which a worker says how its run ended.
int exit_status(RunOutcome outcome);

/// The other side: the process, or the processes, that train one run of a folder.
class Worker {
 public:
  /// `program`: path of the program and the words that make it a worker. The observer hears of the run. team: the places
  /// of all its processes; none: it has one.
  /// Throws std::runtime_error when it cannot be started.
  Worker(const std::vector<std::string>& program, const WorkOrder& order, std::unique_ptr<RunObserver> observer,
         const std::vector<processes::Placement>& team = {});

  /// Descriptors to poll() for news.
  std::vector<int> news() const;

  /// Tells the observer what has come. False: it has ended. Once a process of several has failed, the others are ended:
  /// they cannot go on without it.
  bool advance();

  /// Asks it to write a checkpoint and end.
  void stop();

  /// After its end. A process that did not say how its run ended has failed: that is recorded, unless another
  /// one works on the run by now, and the observer hears it.
  RunOutcome finish(const runs::Ledger& ledger, const runs::RunKey& run);

 private:
  /// A process, by its rank.
  struct Member {
    std::unique_ptr<ChildProcess> process;
    bool ended = false;
    int status = 0;
    std::string failure;  ///< told by it
  };

  void tell(const config::Json& message);
  void hear(Member& member);
  void end_the_rest();
  std::string reason_of_end(const RunPlace& place) const;

  std::unique_ptr<RunObserver> observer_;
  std::vector<Member> members_;
  std::optional<size_t> first_failed_;
  Clock::time_point failed_at_;
  bool asked_to_stop_ = false, told_failure_ = false;
  int64_t step_ = 0, steps_ = 0;  // done, of all
};

}  // namespace staircase::execution
