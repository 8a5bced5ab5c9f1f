#pragma once

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <torch/types.h>

#include "staircase/processes/placement.h"

namespace staircase::processes {

/// A process of the group died, stopped or cannot be reached. The sentence names its rank and host.
class PeerLost : public std::runtime_error {
 public:
  PeerLost(const std::string& sentence, bool speaks) : std::runtime_error(sentence), speaks_(speaks) {}
  /// Whether this process is the first of those that are left: one sentence is enough.
  bool speaks() const { return speaks_; }

 private:
  bool speaks_;
};

/// A failure that all processes of a group come to at the same place, from the same numbers: the group is whole, and
/// one sentence is enough.
class FailedTogether : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Whether this build has process groups: it needs the headers of gloo.
bool have_process_groups();

/// How long to wait for others: STAIRCASE_GROUP_TIMEOUT_SECONDS, else ten minutes.
/// Throws RequestError when that is no number of seconds from 1 to a day.
std::chrono::milliseconds group_timeout(const Environment& environment);

/// The store by which the processes of a group find each other, on a free port of this machine.
class MeetingPlace {
 public:
  /// Throws std::runtime_error.
  MeetingPlace();
  ~MeetingPlace();
  MeetingPlace(const MeetingPlace&) = delete;
  MeetingPlace& operator=(const MeetingPlace&) = delete;

  int64_t port() const;

 private:
  struct Store;
  std::unique_ptr<Store> store_;
};

/// The processes that train one network together, by c10d's gloo, and by NCCL from GPU to GPU. All of them call the same
/// functions in the same order, from one thread at a time; tensors are contiguous and on the CPU where nothing else is said.
/// All functions throw PeerLost once another process is gone, and then the group is of no use: end the process without
/// destroying the group, which may wait for the others.
class ProcessGroup {
 public:
  /// Waits for the others. Throws RequestError where the store's address does not resolve or its port is taken, and
  /// PeerLost where somebody does not come.
  ProcessGroup(const Placement& placement, std::chrono::milliseconds timeout);
  ~ProcessGroup();
  ProcessGroup(const ProcessGroup&) = delete;
  ProcessGroup& operator=(const ProcessGroup&) = delete;

  const Placement& placement() const;
  int64_t rank() const { return placement().rank; }
  int64_t size() const { return placement().size; }
  bool leads() const { return rank() == 0; }
  /// "rank 2 on node07".
  std::string name_of(int64_t rank) const;

  /// Where vectors for tree_sum() and all_gather() are to lie: on the GPU of a network, where this build can move them from
  /// there to other GPUs, else on the CPU. STAIRCASE_EXCHANGE=gloo: on the CPU always. All processes ask with a device each.
  /// Throws RequestError where that variable is neither gloo nor nccl, FailedTogether where processes would do it otherwise.
  torch::Device exchange_device(torch::Device network);

  /// Sums a vector of float or bfloat16, each sum rounded to it, over all processes, in place and in the order of a
  /// binary tree over their ranks: as many bytes as a ring sends, and the same bits as one process gets that adds up in
  /// that order. Where machines have as many ranks each, one after the other, within them first: then between them go as
  /// many bytes as between as many processes.
  void tree_sum(torch::Tensor& vector);
  /// Sums in whatever order: for integers, and for what all but one process hold zeros of.
  void sum(torch::Tensor& tensor);
  /// From rank 0.
  void broadcast(torch::Tensor& tensor);
  std::string broadcast(const std::string& text);
  /// Of all processes, by rank. own: (n) -> all: (size, n), of one type.
  void all_gather(const torch::Tensor& own, torch::Tensor& all);
  /// From one process to another; nothing to those that are neither.
  void move(torch::Tensor& tensor, int64_t from, int64_t to);
  /// The texts of all, by rank.
  std::vector<std::string> gather(const std::string& text);

  /// Throws FailedTogether naming the first process whose text is not that of rank 0: "`what` differs: ...".
  void check_alike(const std::string& what, const std::string& text);

  /// Rank 0 to all others, who may wait for it without a time limit.
  void announce(const std::string& text);
  /// The next one, in all others.
  std::string next_announcement();

 private:
  class Peers;
  std::unique_ptr<Peers> peers_;
};

}  // namespace staircase::processes
