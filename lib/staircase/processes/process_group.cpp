// LibTorch's header is empty without it, and not all of its CMake files set it.
#ifndef USE_C10D_GLOO
#define USE_C10D_GLOO
#endif

#include "staircase/processes/process_group.h"

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <future>
#include <iterator>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <sstream>
#include <thread>

#include <torch/version.h>
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

#include "staircase/base/errors.h"
#include "staircase/base/host.h"
#include "staircase/base/text.h"
#include "staircase/processes/engine.h"
#include "staircase/processes/ranks_a_machine.h"
#include "staircase/processes/watch.h"

namespace staircase::processes {
namespace {

using std::chrono::milliseconds;
using Store = c10::intrusive_ptr<c10d::Store>;
constexpr milliseconds between_beats{300}, between_looks{20}, stay_with_store{2000};
/// Who dies before all have met is missed for so long.
constexpr milliseconds longest_meeting = std::chrono::minutes(3);

c10d::TCPStoreOptions store_options(int64_t port, bool is_server, milliseconds timeout) {
  c10d::TCPStoreOptions options;
  options.port = static_cast<uint16_t>(port);
  options.isServer = is_server;
  options.waitWorkers = false;
  options.timeout = timeout;
#if TORCH_VERSION_MAJOR >= 2
  options.useLibUV = false;  // the default is true, and Debian 13's LibTorch is built without it
#endif
  return options;
}

/// The address by which this machine reaches the store's, and others reach this machine; empty: not known.
std::string own_address(const Placement& placement) {
  addrinfo* found = nullptr;
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_DGRAM;
  if (::getaddrinfo(placement.address.c_str(), std::to_string(placement.port).c_str(), &wanted, &found) != 0) return {};
  char name[NI_MAXHOST] = "";
  const int descriptor = ::socket(found->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_storage own{};
  socklen_t size = sizeof own;
  // Nothing is sent: this asks the routing table.
  const bool known =
      descriptor >= 0 && ::connect(descriptor, found->ai_addr, found->ai_addrlen) == 0 &&
      ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&own), &size) == 0 &&
      ::getnameinfo(reinterpret_cast<sockaddr*>(&own), size, name, sizeof name, nullptr, 0, NI_NUMERICHOST) == 0;
  if (descriptor >= 0) ::close(descriptor);
  ::freeaddrinfo(found);
  return known ? name : "";
}

c10::intrusive_ptr<c10d::ProcessGroupGloo::Options> gloo_options(const Placement& placement, milliseconds timeout) {
  auto options = c10d::ProcessGroupGloo::Options::create(timeout);
  // The class itself does not read this variable, which c10d's users know from Python.
  const auto interface = environment_of_process()("GLOO_SOCKET_IFNAME");
  const std::string address = own_address(placement);
  options->devices.push_back(interface         ? c10d::ProcessGroupGloo::createDeviceForInterface(*interface)
                             : address.empty() ? c10d::ProcessGroupGloo::createDefaultDevice()
                                               : c10d::ProcessGroupGloo::createDeviceForHostname(address));
  return options;
}

/// Stores of other versions do not understand each other, so these cannot say it themselves.
const std::string with_libtorch = std::string(" with LibTorch ") + TORCH_VERSION;

/// Adds the rows up into the first of them, in the order of a binary tree: the first two, the next two, then these sums,
/// each rounded to the type. The others' content is lost. rows: (a power of two, n).
void add_up_in_tree(const torch::Tensor& rows) {
  for (int64_t apart = 1; apart < rows.size(0); apart *= 2)
    for (int64_t left = 0; left + apart < rows.size(0); left += 2 * apart) rows[left].add_(rows[left + apart]);
}

/// By STAIRCASE_EXCHANGE, or where it says nothing by what there is: whether GPUs exchange by NCCL.
bool nccl_is_wanted() {
  const std::string said = environment_of_process()("STAIRCASE_EXCHANGE").value_or("");
  if (said.empty()) return have_nccl();
  if (said == "nccl" && !have_nccl())
    throw RequestError("STAIRCASE_EXCHANGE: nccl, but this build was made without the headers of its LibTorch's NCCL");
  if (said == "gloo" || said == "nccl") return said == "nccl";
  throw RequestError("STAIRCASE_EXCHANGE: \"" + said + "\" is not one of gloo, nccl");
}

/// The first line of what a library says.
std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

}  // namespace

bool have_process_groups() { return true; }

struct MeetingPlace::Store {
  c10d::TCPStore store{"127.0.0.1", store_options(0, true, std::chrono::minutes(1))};
};

MeetingPlace::MeetingPlace() : store_(std::make_unique<Store>()) {}
MeetingPlace::~MeetingPlace() = default;
int64_t MeetingPlace::port() const { return store_->store.getPort(); }

/// Shows the others that this process runs, in a thread of its own, and looks which of them do.
class HeartBeat {
 public:
  HeartBeat(Store store, int64_t rank, int64_t size)
      : state_(std::make_shared<State>()), size_(size), thread_([state = state_, rank](const std::stop_token& stop) {
          while (!stop.stop_requested()) {
            if (!state->beat(rank, 1)) return;
            std::this_thread::sleep_for(between_beats);
          }
        }) {
    const std::lock_guard lock(state_->mutex);
    state_->store = std::move(store);
  }

  /// Those that do not run any more. The store may be gone, or its process stopped: then it is rank 0's where `keeper`
  /// is 0, and unknown where it is -1.
  std::set<int64_t> silent(int64_t keeper) const {
    std::packaged_task<std::set<int64_t>()> look([state = state_, size = size_, keeper] {
      std::map<int64_t, int64_t> before;
      std::set<int64_t> silent;
      const auto store_is_gone = [&] { return keeper < 0 ? std::set<int64_t>{} : std::set<int64_t>{keeper}; };
      for (int64_t rank = 0; rank < size; ++rank) {
        const auto beats = state->beat(rank, 0);
        if (!beats) return store_is_gone();
        before[rank] = *beats;
      }
      std::this_thread::sleep_for(5 * between_beats);
      for (int64_t rank = 0; rank < size; ++rank) {
        const auto beats = state->beat(rank, 0);
        if (!beats) return store_is_gone();
        if (*beats == before[rank]) silent.insert(rank);
      }
      return silent;
    });
    auto answer = look.get_future();
    std::thread(std::move(look)).detach();  // a stopped store answers never
    if (answer.wait_for(std::chrono::seconds(5)) == std::future_status::ready) return answer.get();
    return keeper < 0 ? std::set<int64_t>{} : std::set<int64_t>{keeper};
  }

 private:
  struct State {
    std::mutex mutex;
    Store store;

    std::optional<int64_t> beat(int64_t rank, int64_t more) {
      const std::lock_guard lock(mutex);
      if (!store) return 0;
      try {
        return store->add("beat/" + std::to_string(rank), more);
      } catch (const std::exception&) {
        return std::nullopt;
      }
    }
  };

  std::shared_ptr<State> state_;
  int64_t size_;
  std::jthread thread_;
};

class ProcessGroup::Peers {
 public:
  Peers(const Placement& where, milliseconds timeout) : placement(where), timeout_(timeout) {
    check_address(placement);
    prepare_nccl();
    const milliseconds to_meet = std::min(timeout, longest_meeting);
    store = open_store(placement.rank == 0 && !placement.store_is_there, to_meet);
    store->set("host/" + std::to_string(placement.rank), bytes(placement.host.empty() ? host_name() : placement.host));
    wait_for_all(to_meet);
    heart_beat = std::make_unique<HeartBeat>(open_store(false, to_meet), placement.rank, placement.size);
    guarded([&] {
      engine = gloo_engine("gloo", placement.rank, placement.size);
      levels = make_levels(engine, [&](const std::string& name, int64_t rank, int64_t size) {
        return gloo_engine(name, rank, size);
      });
    });
  }

  /// All processes come here together, each with its GPU.
  void meet_by_nccl(torch::Device device) {
    guarded([&] {
      const auto meet = [&](const std::string& name, int64_t rank, int64_t size) {
        auto met = nccl_engine(c10::make_intrusive<c10d::PrefixStore>("nccl/" + name, store), rank, size, timeout_);
        connect(met, device);
        return met;
      };
      gpu_engine = meet("all", placement.rank, placement.size);
      gpu_levels = make_levels(gpu_engine, meet);
    });
  }

  /// From the level on: every process gets a stretch of the vector from all, adds it up, through the next levels, and
  /// gives it to all.
  void tree_sum(torch::Tensor& vector, size_t level) {
    const Levels& its_levels = vector.is_cuda() ? gpu_levels : levels;
    const auto& all = its_levels.at(level);
    const int64_t n = all->getSize(), length = vector.numel(), shard = (length + n - 1) / n;
    torch::Tensor sent = torch::zeros({n * shard}, vector.options()), received = torch::empty_like(sent);
    sent.narrow(0, 0, length).copy_(vector);
    // Bytes: not every gloo moves bfloat16.
    torch::Tensor to_all = sent.view(torch::kByte), from_all = received.view(torch::kByte);
    std::vector<int64_t> even;
    guarded([&] { finish(*all->alltoall_base(from_all, to_all, even, even), vector.is_cuda()); });
    add_up_in_tree(received.view({n, shard}));
    torch::Tensor own = received.narrow(0, 0, shard), sums = sent.view({n, shard});
    if (level + 1 < its_levels.size()) tree_sum(own, level + 1);
    all_gather(*all, own, sums);
    vector.copy_(sent.narrow(0, 0, length));
  }

  void all_gather(Engine& group, const torch::Tensor& own, torch::Tensor& all) {
    std::vector<torch::Tensor> mine{own.view(torch::kByte)};
    std::vector<std::vector<torch::Tensor>> rows(1);
    for (int64_t r = 0; r < group.getSize(); ++r) rows[0].push_back(all.select(0, r).view(torch::kByte));
    guarded([&] { finish(*group.allgather(rows, mine), own.is_cuda()); });
  }

  std::string name_of(int64_t rank) const {
    const auto host = hosts.find(rank);
    return "rank " + std::to_string(rank) + (host == hosts.end() ? "" : " on " + host->second);
  }

  template <class Call>
  auto guarded(const Call& call) -> decltype(call()) {
    try {
      return call();
    } catch (const PeerLost&) {
      throw;
    } catch (const std::exception& error) {
      throw_lost(first_line(error.what()));
    }
  }

  bool has(const std::string& key) const { return store->check({key}); }

  static std::vector<uint8_t> bytes(const std::string& text) { return {text.begin(), text.end()}; }
  std::string get(const std::string& key) const {
    const std::vector<uint8_t> value = store->get(key);
    return {value.begin(), value.end()};
  }

  Placement placement;
  Store store;
  std::map<int64_t, std::string> hosts;
  std::unique_ptr<HeartBeat> heart_beat;
  using Levels = std::vector<c10::intrusive_ptr<Engine>>;
  c10::intrusive_ptr<Engine> engine, gpu_engine;  // gloo; NCCL where it is used
  Levels levels, gpu_levels;                      // of a sum: within the machine, between machines
  std::optional<bool> by_nccl;                    // between GPUs; unknown until one is there
  int64_t announcements = 0;

 private:
  c10::intrusive_ptr<Engine> gloo_engine(const std::string& name, int64_t rank, int64_t size) const {
    return c10::make_intrusive<c10d::ProcessGroupGloo>(c10::make_intrusive<c10d::PrefixStore>(name, store),
                                                       static_cast<int>(rank), static_cast<int>(size),
                                                       gloo_options(placement, timeout_));
  }

  /// meet(name, rank, size) makes an engine of some of the processes.
  template <class Meet>
  Levels make_levels(const c10::intrusive_ptr<Engine>& all, const Meet& meet) const {
    std::vector<std::string> machines;
    for (const auto& [rank, host] : hosts) machines.push_back(host);
    const int64_t many = ranks_a_machine(machines), place = placement.rank % many, machine = placement.rank / many;
    if (many == 1) return {all};
    return {meet("machine" + std::to_string(machine), place, many),
            meet("place" + std::to_string(place), machine, placement.size / many)};
  }

  /// Waits for what an engine does. gloo notices by itself who is gone; NCCL does not where it is on the same machine.
  void finish(c10d::Work& work, bool on_gpu) const {
    if (on_gpu) watch_until([&] { return work.isCompleted(); }, {timeout_}, any_is_silent());
    work.wait();
  }

  /// In a thread, which is left behind where it does not come back.
  void connect(const c10::intrusive_ptr<Engine>& met, torch::Device device) const {
    std::packaged_task<void()> task([met, device] { connect_nccl(*met, device); });
    auto connected = task.get_future();
    std::thread(std::move(task)).detach();
    const auto is_over = [&] { return connected.wait_for(milliseconds(0)) == std::future_status::ready; };
    watch_until(is_over, {std::min(timeout_, longest_meeting)}, any_is_silent());
    try {
      connected.get();
    } catch (const std::exception& error) {
      throw PeerLost(name_of(placement.rank) + ": NCCL does not connect its GPU with the others (" +
                         first_line(error.what()) + "); with STAIRCASE_EXCHANGE=gloo numbers go through the CPU",
                     placement.rank == 0);
    }
  }

  std::function<bool()> any_is_silent() const {
    return [this] { return !heart_beat->silent(keeper()).empty(); };
  }

  /// The rank that keeps the store; -1: none of them does.
  int64_t keeper() const {
    return placement.launcher == Launcher::staircase || placement.store_is_there ? -1 : 0;
  }

  milliseconds timeout_;

  Store open_store(bool keep, milliseconds timeout) const {
    try {
      return c10::make_intrusive<c10d::PrefixStore>(
          placement.prefix,
          c10::make_intrusive<c10d::TCPStore>(placement.address, store_options(placement.port, keep, timeout)));
    } catch (const std::exception& error) {
      const std::string there = placement.address + ", port " + std::to_string(placement.port);
      if (keep)
        throw RequestError("MASTER_PORT: " + std::to_string(placement.port) + " cannot be listened on by rank 0 on " +
                           host_name() + ": another program has it, or it is not allowed");
      throw PeerLost("rank " + std::to_string(placement.rank) + " on " + host_name() + " finds no rank 0" +
                         with_libtorch + " at " + there + " (" + first_line(error.what()) + ")",
                     true);
    }
  }

  void wait_for_all(milliseconds timeout) {
    const auto end = std::chrono::steady_clock::now() + timeout;
    std::vector<std::string> missing;
    do {
      missing.clear();
      try {
        for (int64_t rank = 0; rank < placement.size; ++rank) {
          const std::string key = "host/" + std::to_string(rank);
          if (hosts.contains(rank)) continue;
          if (has(key)) hosts[rank] = get(key);
          else missing.push_back(std::to_string(rank));
        }
      } catch (const std::exception&) {
        throw PeerLost("rank 0 at " + placement.address + " is gone before all processes had come, or it is not one" +
                           with_libtorch,
                       true);
      }
      if (missing.empty()) return;
      std::this_thread::sleep_for(between_looks);
    } while (std::chrono::steady_clock::now() < end);
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(timeout).count();
    throw PeerLost("rank " + join(missing) + " did not come to " + name_of(placement.rank) + " within " +
                       std::to_string(seconds) + " s: " + std::to_string(placement.size) +
                       " processes are expected, all" + with_libtorch,
                   hosts.begin()->first == placement.rank);
  }

  /// What the first of us found to miss. It ends then, and who looks later would miss it, too: so it leaves word in the
  /// store, and the process that keeps the store stays until the others have read it.
  std::set<int64_t> agreed_on(const std::set<int64_t>& silent) const {
    static const std::string key = "gone";
    try {
      if (!has(key)) {
        std::string ranks;
        for (int64_t rank : silent) ranks += std::to_string(rank) + " ";
        store->set(key, bytes(ranks));
      }
      std::istringstream ranks(get(key));
      if (placement.rank == 0 && !placement.store_is_there) std::this_thread::sleep_for(stay_with_store);
      return {std::istream_iterator<int64_t>(ranks), std::istream_iterator<int64_t>()};
    } catch (const std::exception&) {
      return silent;
    }
  }

  [[noreturn]] void throw_lost(const std::string& reason) const {
    std::set<int64_t> silent = heart_beat->silent(keeper());
    if (!silent.empty() && silent != std::set<int64_t>{keeper()}) silent = agreed_on(silent);
    std::vector<std::string> names;
    for (int64_t rank : silent) names.push_back(name_of(rank));
    int64_t speaker = 0;
    while (silent.contains(speaker)) ++speaker;
    if (names.empty())
      throw PeerLost(name_of(placement.rank) + " lost the others: " + reason, speaker == placement.rank);
    throw PeerLost(join(names) + (names.size() == 1 ? " is" : " are") + " gone: killed, stopped or out of reach",
                   speaker == placement.rank);
  }
};

ProcessGroup::ProcessGroup(const Placement& placement, milliseconds timeout)
    : peers_(std::make_unique<Peers>(placement, timeout)) {}
ProcessGroup::~ProcessGroup() = default;

const Placement& ProcessGroup::placement() const { return peers_->placement; }
std::string ProcessGroup::name_of(int64_t rank) const { return peers_->name_of(rank); }

torch::Device ProcessGroup::exchange_device(torch::Device network) {
  if (!network.is_cuda()) return torch::kCPU;
  if (!peers_->by_nccl) {
    const bool here = nccl_is_wanted();
    check_alike("what moves the numbers of GPUs", here ? "nccl" : "gloo");
    if (here) peers_->meet_by_nccl(network);
    peers_->by_nccl = here;
  }
  return *peers_->by_nccl ? network : torch::Device(torch::kCPU);
}

void ProcessGroup::tree_sum(torch::Tensor& vector) {
  const torch::NoGradGuard no_grad;
  peers_->tree_sum(vector, 0);
}

void ProcessGroup::sum(torch::Tensor& tensor) {
  std::vector<torch::Tensor> list{tensor};
  peers_->guarded([&] { peers_->engine->allreduce(list)->wait(); });
}

void ProcessGroup::broadcast(torch::Tensor& tensor) {
  std::vector<torch::Tensor> list{tensor};
  peers_->guarded([&] { peers_->engine->broadcast(list)->wait(); });
}

void ProcessGroup::all_gather(const torch::Tensor& own, torch::Tensor& all) {
  peers_->all_gather(own.is_cuda() ? *peers_->gpu_engine : *peers_->engine, own, all);
}

void ProcessGroup::move(torch::Tensor& tensor, int64_t from, int64_t to) {
  if (from == to || (rank() != from && rank() != to)) return;
  constexpr int tag = 0;
  std::vector<torch::Tensor> list{tensor};
  peers_->guarded([&] {
    if (rank() == from) peers_->engine->send(list, static_cast<int>(to), tag)->wait();
    else peers_->engine->recv(list, static_cast<int>(from), tag)->wait();
  });
}

namespace {

torch::Tensor to_bytes(const std::string& text, int64_t length) {
  torch::Tensor bytes = torch::zeros({length}, torch::kByte);
  std::memcpy(bytes.data_ptr(), text.data(), text.size());
  return bytes;
}

std::string to_text(const torch::Tensor& bytes, int64_t length) {
  return {static_cast<const char*>(bytes.data_ptr()), static_cast<size_t>(length)};
}

}  // namespace

std::string ProcessGroup::broadcast(const std::string& text) {
  torch::Tensor length = torch::full({1}, static_cast<int64_t>(text.size()), torch::kLong);
  broadcast(length);
  const int64_t count = length.item<int64_t>();
  torch::Tensor bytes = leads() ? to_bytes(text, count) : torch::zeros({count}, torch::kByte);
  if (count > 0) broadcast(bytes);
  return to_text(bytes, count);
}

std::vector<std::string> ProcessGroup::gather(const std::string& text) {
  torch::Tensor lengths = torch::zeros({size()}, torch::kLong);
  lengths[rank()] = static_cast<int64_t>(text.size());
  sum(lengths);
  const int64_t longest = std::max<int64_t>(1, lengths.max().item<int64_t>());
  torch::Tensor all = torch::zeros({size(), longest}, torch::kByte);
  all_gather(to_bytes(text, longest), all);
  std::vector<std::string> texts;
  for (int64_t r = 0; r < size(); ++r) texts.push_back(to_text(all[r], lengths[r].item<int64_t>()));
  return texts;
}

void ProcessGroup::check_alike(const std::string& what, const std::string& text) {
  const std::vector<std::string> texts = gather(text);
  for (int64_t r = 1; r < size(); ++r)
    if (texts[static_cast<size_t>(r)] != texts[0])
      throw FailedTogether(what + " differs: " + name_of(r) + " has " + texts[static_cast<size_t>(r)] + ", " +
                           name_of(0) + " has " + texts[0]);
}

void ProcessGroup::announce(const std::string& text) {
  peers_->guarded([&] { peers_->store->set("word/" + std::to_string(peers_->announcements++), Peers::bytes(text)); });
}

std::string ProcessGroup::next_announcement() {
  const std::string key = "word/" + std::to_string(peers_->announcements++);
  return peers_->guarded([&]() -> std::string {
    while (!peers_->has(key)) std::this_thread::sleep_for(between_looks);
    return peers_->get(key);
  });
}

}  // namespace staircase::processes
