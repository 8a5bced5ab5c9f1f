#include "staircase/runs/run_queue.h"

#include <algorithm>
#include <chrono>

namespace staircase::runs {

RunQueue::RunQueue(const std::vector<RunKey>& runs, const Ledger& ledger, Failures failures)
    : runs_(runs), ledger_(ledger), failures_(failures) {
  for (size_t i = 0; i < runs.size(); ++i)
    if (!ledger.is_done(runs[i])) waiting_.push_back(i);
}

std::optional<size_t> RunQueue::next() {
  // Where many programs look at once, each look is dear: those that were busy a moment ago come last.
  const auto now = Clock::now(), a_moment_ago = now - std::chrono::milliseconds(250);
  if (const auto free = next_unless_seen_busy_after(a_moment_ago)) return free;
  return next_unless_seen_busy_after(now);
}

std::optional<size_t> RunQueue::next_unless_seen_busy_after(Clock::time_point recently) {
  for (auto at = waiting_.begin(); at != waiting_.end();) {
    const size_t index = *at;
    const RunKey& run = runs_[index];
    const auto seen = seen_busy_.find(index);
    if (seen != seen_busy_.end() && seen->second > recently) {
      ++at;
      continue;
    }
    if (ledger_.is_running(run)) {
      seen_busy_[index] = Clock::now();
      ++at;
      continue;
    }
    at = waiting_.erase(at);
    const bool failed = (failures_ == Failures::left || seen != seen_busy_.end()) && ledger_.failure(run);
    if (!ledger_.is_done(run) && !failed) return index;
  }
  return std::nullopt;
}

bool RunQueue::is_any_in_doubt() const {
  return std::any_of(waiting_.begin(), waiting_.end(), [&](size_t i) { return ledger_.is_in_doubt(runs_[i]); });
}

void RunQueue::give_back(size_t index) { waiting_.push_back(index); }

}  // namespace staircase::runs
