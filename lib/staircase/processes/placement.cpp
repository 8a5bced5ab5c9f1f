#include "staircase/processes/placement.h"

#include <netdb.h>
#include <sys/socket.h>

#include <charconv>
#include <cstdlib>

#include "staircase/base/errors.h"
#include "staircase/base/host.h"

namespace staircase::processes {
namespace {

constexpr int64_t most_processes = 4096, usual_port = 29500;

int64_t number(const std::string& name, const std::string& text, int64_t least, int64_t most) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size() && value >= least && value <= most) return value;
  throw RequestError(name + ": found \"" + text + "\", allowed is " + std::to_string(least) + " to " +
                     std::to_string(most));
}

/// The variables of one launcher.
class Variables {
 public:
  explicit Variables(const Environment& environment) : environment_(environment) {}

  std::optional<std::string> text(const std::string& name) const { return environment_(name); }
  int64_t need(const std::string& name, int64_t least, int64_t most) const {
    const auto value = text(name);
    if (!value) throw RequestError(name + ": is not set, though other variables of its launcher are");
    return number(name, *value, least, most);
  }
  int64_t value_or(const std::string& name, int64_t otherwise, int64_t least, int64_t most) const {
    const auto value = text(name);
    return value ? number(name, *value, least, most) : otherwise;
  }

 private:
  const Environment& environment_;
};

Placement by_torchrun(const Variables& v) {
  Placement p;
  p.launcher = Launcher::torchrun;
  p.size = v.need("WORLD_SIZE", 1, most_processes);
  p.rank = v.need("RANK", 0, p.size - 1);
  p.local_size = v.value_or("LOCAL_WORLD_SIZE", 1, 1, p.size);
  p.local_rank = v.value_or("LOCAL_RANK", 0, 0, most_processes);
  p.address = v.text("MASTER_ADDR").value_or(p.address);
  p.port = v.value_or("MASTER_PORT", usual_port, 1, 65535);
  p.store_is_there = v.text("TORCHELASTIC_USE_AGENT_STORE") == "True";
  // A store that outlives an attempt must not show the next one the last one's keys.
  p.prefix = "attempt" + v.text("TORCHELASTIC_RESTART_COUNT").value_or("0");
  return p;
}

Placement by_slurm(const Variables& v) {
  Placement p;
  p.launcher = Launcher::slurm;
  p.size = v.need("SLURM_STEP_NUM_TASKS", 1, most_processes);
  p.rank = v.need("SLURM_PROCID", 0, p.size - 1);
  p.local_rank = v.value_or("SLURM_LOCALID", 0, 0, most_processes);
  const int64_t nodes = v.value_or("SLURM_STEP_NUM_NODES", 1, 1, most_processes);
  p.local_size = (p.size + nodes - 1) / nodes;
  const std::string first = nodes == 1 ? p.address : first_host(v.text("SLURM_STEP_NODELIST").value_or(p.address));
  p.address = v.text("MASTER_ADDR").value_or(first);
  const int64_t whole = int64_t{1} << 40;
  const int64_t job = v.value_or("SLURM_JOB_ID", 0, 0, whole), step = v.value_or("SLURM_STEP_ID", 0, 0, whole);
  // Steps and jobs that share a node get ports of their own.
  p.port = v.value_or("MASTER_PORT", 15000 + (job * 37 + step * 7919) % 15000, 1, 65535);
  p.prefix = "step" + std::to_string(step);
  return p;
}

}  // namespace

Environment environment_of_process() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    return value && *value ? std::optional<std::string>(value) : std::nullopt;
  };
}

Placement placement_of(const Environment& environment) {
  const Variables variables(environment);
  if (variables.text("RANK") || variables.text("WORLD_SIZE")) return by_torchrun(variables);
  if (variables.text("SLURM_STEP_NUM_TASKS")) return by_slurm(variables);
  return {};
}

int64_t own_gpu(const Placement& placement, int64_t first, int64_t visible) {
  if (visible == 1 && first == 0) return 0;
  const int64_t gpu = first + placement.local_rank;
  if (gpu < visible) return gpu;
  throw RequestError("rank " + std::to_string(placement.rank) + " on " + host_name() + " has no GPU: it would be cuda:" +
                     std::to_string(gpu) + ", and this LibTorch sees " + std::to_string(visible) + " CUDA devices");
}

int64_t tasks_left_out(const Environment& environment) {
  const Variables variables(environment);
  if (variables.text("SLURM_STEP_NUM_TASKS")) return 0;
  const int64_t tasks = variables.value_or("SLURM_NTASKS", 0, 0, most_processes);
  return variables.text("SLURM_JOB_ID") && tasks > 1 ? tasks : 0;
}

std::string first_host(const std::string& list) {
  const size_t open = list.find('['), comma = list.find(',');
  if (open == std::string::npos || comma < open) return list.substr(0, comma);
  const size_t end = list.find_first_of(",-]", open);
  return list.substr(0, open) + list.substr(open + 1, end - open - 1);
}

void check_address(const Placement& placement) {
  addrinfo* found = nullptr;
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  const int error = ::getaddrinfo(placement.address.c_str(), nullptr, &wanted, &found);
  if (error != 0)
    throw RequestError("MASTER_ADDR: \"" + placement.address + "\" cannot be resolved to an address (" +
                       ::gai_strerror(error) + ")");
  ::freeaddrinfo(found);
}

}  // namespace staircase::processes
