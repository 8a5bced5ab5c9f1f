#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "staircase/train/job.h"

namespace staircase::execution {

/// How the processes that train one network exchange their numbers.
struct GroupLink {
  int64_t processes = 1;
  double bytes_per_second = 0;  ///< that each sends, while it receives as many
  bool overlaps = true;         ///< whether somebody else than the cores that compute moves them
};

/// Of a network: 85 % of its line rate.
double bytes_per_second_of(double gbit_per_second);

/// Between two processes on this machine, by some sums of a few megabytes. Empty: they could not be done.
std::optional<double> measure_bytes_per_second();

/// What an optimizer step costs each process of a group.
struct GroupStep {
  std::string row;
  double compute_seconds = 0;  ///< forward and backward passes, and the optimizer
  double sent_bytes = 0;
  double sending_seconds = 0;
  double hidden_seconds = 0;  ///< of those that are sent while a backward pass runs
  double state_bytes = 0;     ///< the optimizer's state and the average that a process keeps
  double whole_state_bytes = 0;

  double seconds() const { return compute_seconds + sending_seconds - hidden_seconds; }
};

/// Of a job, from what an image takes one process. A ring's volume: with N processes each sends 2 (N - 1) / N of the
/// gradients, and with /recipe/shard_optimizer (N - 1) / N of the parameters afterwards. Gradients leave in buckets
/// while the last micro-batch's backward pass, two thirds of its time, still runs; all but the last bucket can be
/// hidden by it. All parameters are counted, frozen ones, too.
GroupStep estimate_group_step(const train::TrainJob& job, double seconds_an_image, const GroupLink& link);

}  // namespace staircase::execution
