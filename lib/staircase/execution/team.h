#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "staircase/processes/placement.h"

namespace staircase::processes {
class ProcessGroup;
}

namespace staircase::execution {

/// The place of a process of `run --processes`, which meets the others on this machine.
processes::Placement place_in_team(int64_t rank, int64_t size, int64_t port, const std::string& prefix);

/// The same in one word, and back. Throws RequestError when the word is not what placement_word() gives.
std::string placement_word(const processes::Placement& placement);
processes::Placement placement_from_word(const std::string& word);

/// The other processes of a group: train what rank 0 announces, until it leaves. Returns the exit status that it says.
/// Throws what train::train throws but Interrupted and processes::FailedTogether, which are rank 0's to tell.
int follow(const std::shared_ptr<processes::ProcessGroup>& group, const std::atomic<bool>& stop);

/// Rank 0, once it has nothing more to announce: waits until all others have heard it. status: their exit status.
void leave(processes::ProcessGroup& group, int status);

/// A worker of several processes: rank 0 trains what the word orders, as work() does; the others follow. Returns the
/// exit status, with which the process has to end at once.
int work_in_team(const std::string& order, const processes::Placement& placement, int descriptor,
                 std::atomic<bool>& stop);

}  // namespace staircase::execution
