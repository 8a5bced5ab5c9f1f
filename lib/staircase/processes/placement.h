#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace staircase::processes {

/// Who started the processes that train one network together.
enum class Launcher {
  none,       ///< nobody: there is one
  staircase,  ///< run --processes
  torchrun,   ///< or whatever else sets RANK and WORLD_SIZE
  slurm,      ///< srun
};

/// Which of them this one is, and where they meet.
struct Placement {
  Launcher launcher = Launcher::none;
  int64_t rank = 0, size = 1;
  int64_t local_rank = 0, local_size = 1;  ///< among those on this machine
  std::string address = "127.0.0.1";       ///< of the store
  int64_t port = 0;
  bool store_is_there = false;  ///< another program keeps the store; else rank 0 does
  std::string prefix;           ///< of the store's keys: one store may see several groups
  std::string host;             ///< the machine; empty: host_name()
};

/// The value of a variable; empty: not set, or empty.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;
Environment environment_of_process();

/// By RANK, WORLD_SIZE, LOCAL_RANK, LOCAL_WORLD_SIZE, MASTER_ADDR and MASTER_PORT, as torchrun sets them, else by what
/// srun sets for its tasks. The script of a Slurm job is none of its tasks.
/// Throws RequestError naming the variable that is no number, out of its range or missing.
Placement placement_of(const Environment& environment);

/// The GPU of a process that sees so many: the one with its rank on its machine, counted from `first`; the only one, where a
/// launcher shows each process its own. Throws RequestError naming the process where it is not there.
int64_t own_gpu(const Placement& placement, int64_t first, int64_t visible);

/// How many tasks an allocation of Slurm has that this process, as its script, is not one of; 0: there is no such.
int64_t tasks_left_out(const Environment& environment);

/// The first host of Slurm's compact list: "node[03-05,9],x7" gives "node03".
std::string first_host(const std::string& list);

/// Throws RequestError where the address of the store does not resolve.
void check_address(const Placement& placement);

}  // namespace staircase::processes
