#include <csignal>
#include <iostream>

#include "arguments.h"
#include "console.h"
#include "device.h"
#include "display.h"
#include "staircase/lab/report.h"

namespace staircase::apps {
namespace {

std::atomic<bool> stop_requested{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may set it");

/// The first signal asks the trainer to stop after a checkpoint; the second ends the program as usual.
void ask_to_stop(int signal) {
  stop_requested = true;
  std::signal(signal, SIG_DFL);
}

}  // namespace

int run_run(const Words& words) {
  Arguments arguments("run", "Trains an experiment. Started again on the same folder, does only what is missing.", "CONFIG",
                      "staircase run experiments/quickstart.json --set /recipe/epochs=2");
  arguments.options()("out", "folder of the results (default: runs/<name>)", cxxopts::value<std::string>(), "DIR")(
      "set", "PTR=VALUE: change a field of every configuration, or of the experiment; may be repeated",
      cxxopts::value<std::vector<std::string>>(), "PTR=VALUE")(
      "device", "cpu, cuda or cuda:N", cxxopts::value<std::string>()->default_value("cpu"), "DEVICE")(
      "dry-run", "check everything, say what would be done, write nothing");
  if (!arguments.parse(words, 1, 1)) return 0;
  std::vector<lab::Assignment> assignments;
  for (const std::string& text : arguments.all("set")) assignments.push_back(lab::parse_assignment(text));
  const lab::Experiment experiment = lab::read_experiment(arguments.positional()[0], assignments);
  lab::RunOptions options;
  options.folder = arguments.has("out") ? arguments.get<std::string>("out") : "runs/" + experiment.options.name;
  options.device = parse_device(arguments.get<std::string>("device"));

  if (arguments.has("dry-run")) {
    const lab::RunPlan plan = lab::plan_run(experiment, options.folder);
    if (arguments.json()) print_json(plan.to_json());
    else std::cout << plan.runs << " runs, " << plan.done << " done, " << plan.runs - plan.done << " to do in " << options.folder.string() << "\n";
    return 0;
  }
  std::signal(SIGINT, ask_to_stop);
  std::signal(SIGTERM, ask_to_stop);
  config::Json results;
  {
    Display display;
    results = lab::run_experiment(experiment, options, display, stop_requested);
  }
  if (arguments.json()) print_json(results);
  else std::cout << "\n" << lab::report_terminal(results, terminal_width()) << "\nThe report is " << (options.folder / "report.html").string() << ".\n";
  return results["failed"].get<int64_t>() > 0 ? 1 : 0;
}

}  // namespace staircase::apps
