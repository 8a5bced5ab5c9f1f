#include "run_options.h"

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <ctime>
#include <thread>

#include "console.h"
#include "device.h"
#include "staircase/base/errors.h"
#include "staircase/execution/runner.h"
#include "staircase/processes/process_group.h"
#include "staircase/report/folder.h"

namespace staircase::apps {
namespace {

std::atomic<bool> stop_requested{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may set it");

constexpr int64_t most_jobs = 1024, most_processes = 4096;

timespec first_request{};

double seconds_since_first_request() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec - first_request.tv_sec) +
         1e-9 * static_cast<double>(now.tv_nsec - first_request.tv_nsec);
}

/// The first signal asks the trainer to stop after a checkpoint; a second ends the program as usual, unless it comes
/// so soon that it is the same request: a key held down, or a terminal and a script that both send one.
void ask_to_stop(int signal) {
  const double one_request_seconds = 0.5;
  if (!stop_requested) {
    ::clock_gettime(CLOCK_MONOTONIC, &first_request);
    stop_requested = true;
  } else if (seconds_since_first_request() > one_request_seconds) {
    std::signal(signal, SIG_DFL);
    std::raise(signal);
  }
}

}  // namespace

void add_run_options(Arguments& arguments) {
  arguments.options()("out", "folder of the results (default: runs/<name>)", cxxopts::value<std::string>(), "DIR")(
      "device", "cpu, cuda, cuda:N, or several that runs side by side take in turn: cuda:0,cuda:1",
      cxxopts::value<std::string>()->default_value("cpu"), "DEVICE")(
      "jobs", "runs side by side, each in a process of its own (default: one a device)", cxxopts::value<int64_t>(),
      "N")("processes",
           "processes that train one network together, at most one a core; their number changes no byte (1, 2, 4, ...)",
           cxxopts::value<int64_t>(),
           "N")("elsewhere", "let begun runs go on on another kind of device or LibTorch, which changes their results")(
      "no-reuse", "train every missing run, also one that another folder beside DIR has done already");
  add_progress_options(arguments);
}

namespace {

/// Without the slash that a shell completes it with: folders beside it are named after it.
std::filesystem::path out_folder(const std::string& word) {
  const std::filesystem::path folder = word;
  return folder.has_filename() || folder == folder.root_path() ? folder : folder.parent_path();
}

double network_of(const Arguments& arguments) {
  if (!arguments.has("dry-run") || !arguments.has("processes"))
    throw RequestError("--network-gbit is of --dry-run --processes N, which says what a step on it costs");
  const auto gbit = arguments.get<double>("network-gbit");
  const double least = 1e-3, most = 1e5;
  if (gbit >= least && gbit <= most) return gbit;
  throw RequestError("--network-gbit: found " + config::Json(gbit).dump() + ", allowed is 0.001 to 100000");
}

int64_t processes_of(const Arguments& arguments, const execution::RunOptions& options, TrainsOn machine) {
  const int64_t cores = std::max<int64_t>(1, std::thread::hardware_concurrency());
  const bool is_elsewhere = machine == TrainsOn::others || options.network_gbit > 0;
  const int64_t count =
      is_elsewhere
          ? arguments.bounded("processes", most_processes)
          : arguments.bounded("processes", cores,
                              arguments.has("dry-run") ? ", the cores here; with --network-gbit more, on other machines"
                                                       : ", the cores here");
  if (count > 1 && options.devices.size() > 1)
    throw RequestError("--processes " + std::to_string(count) + " cannot go with several devices: --device cuda " +
                       "gives each process a GPU of its own");
  const int64_t wanted = options.jobs * count, first = options.devices.at(0).index();
  if (count > 1 && !is_elsewhere && options.devices[0].is_cuda() && first + wanted > gpus_here())
    throw RequestError("--processes " + std::to_string(count) + " --device " + arguments.get<std::string>("device") +
                       ": takes a GPU for each process, " + std::to_string(wanted) + " from cuda:" +
                       std::to_string(first) + " on; this LibTorch sees " + std::to_string(gpus_here()) +
                       " CUDA devices");
  if (count > 1 && !processes::have_process_groups()) processes::MeetingPlace();  // says why not
  return count;
}

}  // namespace

execution::RunOptions run_options(const Arguments& arguments, const experiment::Experiment& experiment,
                                  TrainsOn machine) {
  execution::RunOptions options;
  options.folder = arguments.has("out") ? out_folder(arguments.get<std::string>("out"))
                                        : std::filesystem::path("runs") / experiment.options.name;
  options.devices = parse_devices(arguments.get<std::string>("device"), machine == TrainsOn::this_machine);
  options.jobs = arguments.has("jobs") ? arguments.get<int64_t>("jobs") : static_cast<int64_t>(options.devices.size());
  if (options.jobs < 1 || options.jobs > most_jobs)
    throw RequestError("--jobs: found " + std::to_string(options.jobs) + ", allowed is 1 to " +
                       std::to_string(most_jobs));
  if (options.jobs < static_cast<int64_t>(options.devices.size()))
    throw RequestError("--jobs " + std::to_string(options.jobs) + " cannot go with " +
                       std::to_string(options.devices.size()) + " devices: the rest of them would stay idle");
  if (arguments.has("network-gbit")) options.network_gbit = network_of(arguments);
  if (arguments.has("processes")) options.processes = processes_of(arguments, options, machine);
  options.elsewhere = arguments.has("elsewhere");
  options.reuse = !arguments.has("no-reuse");
  options.worker_program = {"/proc/self/exe", "worker"};
  return options;
}

std::atomic<bool>& stop_on_signals() {
  std::signal(SIGINT, ask_to_stop);
  std::signal(SIGTERM, ask_to_stop);
  return stop_requested;
}

void hear_signals_in_a_thread() {
  std::signal(SIGPIPE, SIG_IGN);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::thread([set] {
    ::pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
    for (;;) ::pause();
  }).detach();
}

analysis::Results train_and_report(const experiment::Experiment& experiment, const execution::RunOptions& options,
                                   const ProgressOptions& progress) {
  const std::atomic<bool>& stop = stop_on_signals();
  auto observer = make_progress(progress, options.folder);
  execution::run_experiment(experiment, options, *observer, stop);
  analysis::Results results = report::report_folder(options.folder);
  for (const std::string& warning : results.warnings) observer->on_warning(warning);
  return results;
}

}  // namespace staircase::apps
