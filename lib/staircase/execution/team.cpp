#include "staircase/execution/team.h"

#include <torch/cuda.h>

#include "staircase/base/errors.h"
#include "staircase/data/open_data.h"
#include "staircase/execution/failure_sentence.h"
#include "staircase/execution/worker.h"
#include "staircase/processes/process_group.h"

namespace staircase::execution {
namespace {

using config::Json;
using processes::Placement;
using processes::ProcessGroup;

/// Before an exit status, in place of an order.
const std::string over = "over ";

torch::Device own_device(torch::Device of_lead, const Placement& placement) {
  if (!of_lead.is_cuda()) return of_lead;
  const auto visible = static_cast<int64_t>(torch::cuda::device_count());
  return {of_lead.type(), static_cast<c10::DeviceIndex>(processes::own_gpu(placement, of_lead.index(), visible))};
}

void train_order(const WorkOrder& order, const std::shared_ptr<ProcessGroup>& group, const std::atomic<bool>& stop) {
  const config::DataOptions& data = order.run.configuration.data;
  train::TrainJob job = make_job(runs::Ledger(order.folder), order.run, order.settings,
                                 data::open_data(data, {order.source, "/data"}, order.folder));
  job.device = own_device(job.device, group->placement());
  job.group = group;
  train::TrainObserver nobody;
  train::train(job, nobody, stop);
}

int lead(const WorkOrder& order, const std::shared_ptr<ProcessGroup>& group, int descriptor, std::atomic<bool>& stop) {
  int status = exit_status(RunOutcome::stopped);
  try {
    status = exit_status(work(order, descriptor, stop, group));
  } catch (const Interrupted&) {  // the program that asked for it says so
  }
  leave(*group, status);
  return status;
}

}  // namespace

Placement place_in_team(int64_t rank, int64_t size, int64_t port, const std::string& prefix) {
  Placement placement;
  placement.launcher = processes::Launcher::staircase;
  placement.rank = placement.local_rank = rank;
  placement.size = placement.local_size = size;
  placement.port = port;
  placement.store_is_there = true;
  placement.prefix = prefix;
  return placement;
}

std::string placement_word(const Placement& p) {
  return Json{{"rank", p.rank}, {"size", p.size}, {"port", p.port}, {"prefix", p.prefix}}.dump();
}

Placement placement_from_word(const std::string& word) {
  try {
    const Json j = Json::parse(word);
    return place_in_team(j.at("rank"), j.at("size"), j.at("port"), j.at("prefix"));
  } catch (const Json::exception&) {
    throw RequestError("a worker is started by run --processes, which tells it all it needs");
  }
}

int follow(const std::shared_ptr<ProcessGroup>& group, const std::atomic<bool>& stop) {
  for (;;) {
    const std::string word = group->next_announcement();
    if (word.starts_with(over)) {
      group->gather({});
      return std::stoi(word.substr(over.size()));
    }
    try {
      train_order(WorkOrder::from_word(word), group, stop);
    } catch (const Interrupted&) {
    } catch (const processes::FailedTogether&) {}
  }
}

void leave(ProcessGroup& group, int status) {
  group.announce(over + std::to_string(status));
  group.gather({});
}

int work_in_team(const std::string& order, const Placement& placement, int descriptor, std::atomic<bool>& stop) {
  const int failed = exit_status(RunOutcome::failed);
  // Kept for good: its end would wait for the others, and this process ends with its status.
  static std::shared_ptr<ProcessGroup> group;
  try {
    group = std::make_shared<ProcessGroup>(placement, processes::group_timeout(processes::environment_of_process()));
    return group->leads() ? lead(WorkOrder::from_word(order), group, descriptor, stop) : follow(group, stop);
  } catch (const GroupOver&) {
    return failed;
  } catch (const processes::PeerLost& lost) {
    if (lost.speaks()) tell_failure(descriptor, lost.what());
    return failed;
  } catch (...) {
    tell_failure(descriptor, failure_sentence());
    return failed;
  }
}

}  // namespace staircase::execution
