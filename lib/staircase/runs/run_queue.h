#pragma once

#include <deque>
#include <map>
#include <optional>

#include "staircase/base/clock.h"
#include "staircase/runs/ledger.h"

namespace staircase::runs {

/// What becomes of runs that had failed before a program looks at them.
enum class Failures {
  tried_again,
  left,  ///< as they are: one of many programs that come and go would try them once each
};

/// The runs that a program still has to see to the end, when others may work on the same folder.
class RunQueue {
 public:
  /// `runs` outlive the queue.
  RunQueue(const std::vector<RunKey>& runs, const Ledger& ledger, Failures failures = Failures::tried_again);

  bool empty() const { return waiting_.empty(); }

  /// Takes out the first run that nobody works on, one that somebody worked on a moment ago where there is no other; empty:
  /// there is none now. What others have done or have seen fail meanwhile leaves the queue; what they died over comes out
  /// of it.
  std::optional<size_t> next();

  /// Whether one that somebody works on, as next() found, may soon be free, since its owner elsewhere may be gone.
  bool is_any_in_doubt() const;

  /// Puts back a run that somebody else has begun.
  void give_back(size_t index);

 private:
  std::optional<size_t> next_unless_seen_busy_after(Clock::time_point recently);

  const std::vector<RunKey>& runs_;
  const Ledger& ledger_;
  Failures failures_;
  std::deque<size_t> waiting_;
  std::map<size_t, Clock::time_point> seen_busy_;  // when last
};

}  // namespace staircase::runs
