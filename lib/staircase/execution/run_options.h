#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <torch/types.h>

namespace staircase::processes {
class ProcessGroup;
}

namespace staircase::execution {

struct RunOptions {
  std::filesystem::path folder;
  std::vector<torch::Device> devices{torch::kCPU};  ///< runs side by side take them in turn
  int64_t jobs = 1;                                 ///< runs side by side, each in a process of its own when over 1
  /// That train one run together. More than one are started for each run, unless there is a group.
  int64_t processes = 1;
  /// plan_run: of the network that each of the machines has, Gbit/s; 0: they are all on this machine.
  double network_gbit = 0;
  /// So many processes that a launcher started, of which this one is rank 0: the others call follow().
  std::shared_ptr<processes::ProcessGroup> group;
  /// Path of a program and the words after which it calls work() or work_in_team(); needed for jobs or processes over 1
  /// without a group.
  std::vector<std::string> worker_program;
  /// Runs that a folder beside this one holds, done and with the same result, become this one's by links.
  bool reuse = false;
  /// One of many programs that train in the folder: what others train or have failed at is theirs, so this one ends when
  /// nothing else is left, where a program of its own waits and tries again.
  bool shared = false;
  bool elsewhere = false;  ///< runs may go on on another kind of device or LibTorch than they began with
};

}  // namespace staircase::execution
