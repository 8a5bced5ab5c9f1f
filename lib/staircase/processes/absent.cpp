#include "staircase/base/errors.h"
#include "staircase/processes/process_group.h"

namespace staircase::processes {
namespace {

[[noreturn]] void refuse() {
  throw RequestError(
      "this build trains with one process alone: it was made without the headers of gloo (Debian: "
      "libgloo-dev)");
}

}  // namespace

bool have_process_groups() { return false; }

struct MeetingPlace::Store {};
MeetingPlace::MeetingPlace() { refuse(); }
MeetingPlace::~MeetingPlace() = default;
int64_t MeetingPlace::port() const { return 0; }

class ProcessGroup::Peers {
 public:
  Placement placement;
};

ProcessGroup::ProcessGroup(const Placement&, std::chrono::milliseconds) { refuse(); }
ProcessGroup::~ProcessGroup() = default;
const Placement& ProcessGroup::placement() const { return peers_->placement; }
std::string ProcessGroup::name_of(int64_t) const { return {}; }
torch::Device ProcessGroup::exchange_device(torch::Device) { return torch::kCPU; }
void ProcessGroup::tree_sum(torch::Tensor&) {}
void ProcessGroup::sum(torch::Tensor&) {}
void ProcessGroup::broadcast(torch::Tensor&) {}
std::string ProcessGroup::broadcast(const std::string& text) { return text; }
void ProcessGroup::all_gather(const torch::Tensor&, torch::Tensor&) {}
void ProcessGroup::move(torch::Tensor&, int64_t, int64_t) {}
std::vector<std::string> ProcessGroup::gather(const std::string& text) { return {text}; }
void ProcessGroup::check_alike(const std::string&, const std::string&) {}
void ProcessGroup::announce(const std::string&) {}
std::string ProcessGroup::next_announcement() { return {}; }

}  // namespace staircase::processes
