#include <c10/util/Logging.h>
#include <poll.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <iostream>

#include "arguments.h"
#include "console.h"
#include "experiment.h"
#include "run_options.h"
#include "slurm.h"
#include "staircase/analysis/results.h"
#include "staircase/analysis/score.h"
#include "staircase/analysis/smallest_shown.h"
#include "staircase/base/build_info.h"
#include "staircase/base/counted.h"
#include "staircase/base/duration.h"
#include "staircase/base/errors.h"
#include "staircase/base/files.h"
#include "staircase/base/host.h"
#include "staircase/base/printable.h"
#include "staircase/base/random.h"
#include "staircase/base/text.h"
#include "staircase/execution/failure_sentence.h"
#include "staircase/execution/runner.h"
#include "staircase/execution/team.h"
#include "staircase/execution/worker.h"
#include "staircase/nn/libtorch.h"
#include "staircase/processes/process_group.h"
#include "staircase/report/cells.h"
#include "staircase/report/report.h"

namespace staircase::apps {
namespace {

std::string short_time(double seconds) {
  return seconds < 10 ? decimals(1e3 * seconds, seconds < 0.1 ? 1 : 0) + " ms" : decimals(seconds, 1) + " s";
}

std::string byte_count(double bytes) {
  return bytes < 1e6 ? decimals(bytes / 1e3, 1) + " kB" : decimals(bytes / 1e6, 1) + " MB";
}

/// Of the configuration with the longest step.
std::string group_text(const execution::RunPlan& plan) {
  const std::vector<execution::GroupStep>& steps = plan.work.group_steps;
  const execution::GroupStep& step = *std::max_element(
      steps.begin(), steps.end(), [](const auto& a, const auto& b) { return a.seconds() < b.seconds(); });
  std::string text = "a step of " + step.row + " on " + std::to_string(plan.link.processes) + " processes: about " +
                     short_time(step.seconds()) + ", of which " + short_time(step.compute_seconds) +
                     " computing; each sends " + byte_count(step.sent_bytes) + " in " +
                     short_time(step.sending_seconds) + " at " + decimals(plan.link.bytes_per_second / 1e9, plan.link.bytes_per_second < 1e7 ? 5 : 2) +
                     " GB/s, " + (step.hidden_seconds > 0 ? short_time(step.hidden_seconds) : "none") +
                     " of it while the backward pass runs\n" +
                     "the optimizer's state and the average: " + byte_count(step.state_bytes) + " a process";
  if (step.state_bytes < step.whole_state_bytes)
    return text + " (" + byte_count(step.whole_state_bytes) + " without /recipe/shard_optimizer)\n";
  return text + " (" + byte_count(step.whole_state_bytes / static_cast<double>(plan.link.processes)) +
         " with /recipe/shard_optimizer)\n";
}

config::Json group_json(const execution::RunPlan& plan) {
  if (plan.work.group_steps.empty()) return nullptr;
  config::Json steps = config::Json::array();
  for (const execution::GroupStep& each : plan.work.group_steps)
    steps.push_back({{"row", each.row},
                     {"seconds", each.seconds()},
                     {"compute_seconds", each.compute_seconds},
                     {"sent_bytes", each.sent_bytes},
                     {"sending_seconds", each.sending_seconds},
                     {"hidden_seconds", each.hidden_seconds},
                     {"state_bytes", each.state_bytes},
                     {"whole_state_bytes", each.whole_state_bytes}});
  return {{"processes", plan.link.processes}, {"bytes_per_second", plan.link.bytes_per_second}, {"steps", steps}};
}

std::string plan_text(const execution::RunPlan& plan, const analysis::SmallestShown& smallest,
                      const execution::RunOptions& options) {
  const config::TaskMetrics& task = config::metrics_of(plan.design.variants.at(0).configuration.recipe.task);
  const std::string folder = options.folder.string();
  const size_t to_do = plan.runs - plan.done - plan.to_take_over;
  std::string text;
  for (const auto* notes : {&plan.notes, &plan.data.notes})
    for (const std::string& note : *notes) text += note + "\n";
  text += counted(static_cast<long long>(plan.runs), "run") + ", " + std::to_string(plan.done) + " done, " +
          (plan.to_take_over ? std::to_string(plan.to_take_over) + " to take over from folders beside it, " : "") +
          std::to_string(to_do) + " to do in " + folder + "\n";
  if (to_do > 0)
    text += "training: " + report::count_text(plan.work.training_macs) + " MACs, about " +
            (plan.work.expected_hours ? duration_text(*plan.work.expected_hours * 3600) : "an unknown time") +
            " one run after another" + (options.jobs > 1 ? ", " + std::to_string(options.jobs) + " side by side" : "") +
            "\n";
  if (!plan.work.group_steps.empty()) text += group_text(plan);
  if (plan.most_runs > plan.runs)
    text += "seeds are added until every difference is decided: at most " +
            counted(static_cast<long long>(plan.most_runs), "run") + " in all\n";
  if (smallest.points)
    text += "smallest difference that these seeds can show, judged by the seeds that are done: " +
            decimals(*smallest.points, task.primary_metric().digits) + analysis::points_of(task) + " (corrected for " +
            std::to_string(smallest.comparisons) + (smallest.comparisons == 1 ? " comparison)\n" : " comparisons)\n");
  else if (plan.experiment.options.kind != config::ExperimentKind::single)
    text += "smallest difference that these seeds can show: not known: " + smallest.why_unknown + "\n";
  return text;
}

config::Json plan_json(const execution::RunPlan& plan, const analysis::SmallestShown& smallest) {
  const auto or_null = [](const auto& value) { return value ? config::Json(*value) : config::Json(nullptr); };
  return {{"runs", plan.runs},
          {"most_runs", plan.most_runs},
          {"done", plan.done},
          {"to_take_over", plan.to_take_over},
          {"missing", plan.runs - plan.done - plan.to_take_over},
          {"training_macs", plan.work.training_macs},
          {"expected_hours", or_null(plan.work.expected_hours)},
          {"group", group_json(plan)},
          {"smallest_difference", or_null(smallest.points)},
          {"smallest_difference_unknown", smallest.points ? config::Json(nullptr) : config::Json(smallest.why_unknown)},
          {"comparisons", smallest.points ? config::Json(smallest.comparisons) : config::Json(nullptr)},
          {"notes", plan.notes},
          {"data", plan.data.notes},
          {"warnings", plan.warnings}};
}

/// --dry-run: says what would be done and what it costs.
void show_plan(const experiment::Experiment& experiment, const execution::RunOptions& options, bool json) {
  const auto say = [](const std::string& text) { std::cerr << text << std::endl; };
  const execution::RunPlan plan = execution::plan_run(experiment, options, say);
  print_warnings(plan.data.warnings);
  print_warnings(plan.warnings);
  analysis::SmallestShown smallest;
  smallest.why_unknown = analysis::before_two_seeds;
  if (plan.done + plan.to_take_over > 0) {
    const analysis::Results results = analysis::build_results(plan.experiment, plan.design, plan.ledger);
    smallest = analysis::smallest_shown(results, static_cast<int>(plan.experiment.options.seeds.size()));
    print_warnings(results.warnings);
  }
  if (json) print_json(plan_json(plan, smallest));
  else std::cout << plan_text(plan, smallest, options);
}

/// Of peers that are gone the program says a sentence; what c10d logs besides, stack traces included, TORCH_CPP_LOG_LEVEL
/// shows.
void keep_c10d_quiet() {
  ::setenv("TORCH_CPP_LOG_LEVEL", "FATAL", 0);
  c10::initLogging();
}

/// Ends the process at once: the end of a group may wait for processes that are gone.
[[noreturn]] void end_now(int status) {
  std::cout.flush();
  std::fflush(nullptr);
  std::_Exit(status);
}

[[noreturn]] void end_with(const std::string& sentence, int status) {
  std::cerr << "staircase: " << printable(sentence) << std::endl;
  end_now(status);
}

/// Trains and reports. Returns the exit status.
int train_all(const Arguments& arguments, const experiment::Experiment& experiment,
              const execution::RunOptions& options) {
  const analysis::Results results = train_and_report(experiment, options, progress_options(arguments));
  if (arguments.json()) print_json(analysis::write_result(results));
  else
    std::cout << "\n"
              << report::report_terminal(results, terminal_width(), options.folder.string()) << "\nThe report is "
              << (options.folder / "report.html").string() << ".\n";
  // What others train is not this program's to have done.
  return options.shared ? results.failed > 0 : results.done < results.runs;
}

/// What all processes of a group have to have alike; where the experiment's file is not there, rank 0's will do.
void check_alike(processes::ProcessGroup& group, const Words& words, const std::string& file) {
  group.check_alike("the program", "staircase " + build_info().version + " (" + build_info().revision +
                                       ") with LibTorch " + TORCH_VERSION);
  std::string line;
  for (const std::string& word : words) line += " " + word;
  group.check_alike("the command", "\"run" + line + "\"");
  std::error_code missing;
  const bool is_there = std::filesystem::is_regular_file(file, missing);
  const std::string own = is_there ? hexadecimal(hash_text(read_file(file)), 16) : std::string();
  const std::vector<std::string> all = group.gather(own);
  for (size_t rank = 1; rank < all.size(); ++rank)
    if (!all[rank].empty() && all[rank] != all[0])
      throw processes::FailedTogether(file + " differs: " + group.name_of(static_cast<int64_t>(rank)) +
                                      " has another content of it than " + group.name_of(0));
}

/// Rank 0 of a group that a launcher started. The others follow it until it leaves.
int lead(const Arguments& arguments, const std::shared_ptr<processes::ProcessGroup>& group) {
  int status = 2;
  try {
    const experiment::Experiment experiment = read_experiment(arguments);
    execution::RunOptions options = run_options(arguments, experiment);
    options.shared = arguments.has("shared");
    if (options.jobs > 1)
      throw RequestError("--jobs " + std::to_string(options.jobs) + " cannot go with a launcher's " +
                         std::to_string(group->size()) + " processes: run --jobs N --processes M starts its own");
    options.processes = group->size();
    options.group = group;
    status = train_all(arguments, experiment, options);
  } catch (const RequestError&) {
    execution::leave(*group, 2);
    throw;
  } catch (const Interrupted&) {
    execution::leave(*group, 130);
    throw;
  }
  execution::leave(*group, status);
  return status;
}

/// One of the processes that torchrun or srun started. Ends the process.
int run_in_group(const Arguments& arguments, const Words& words, const processes::Placement& placement) {
  const bool leads = placement.rank == 0;
  const auto refuse = [&](const std::string& sentence) {
    if (!leads) end_now(2);  // one sentence is enough
    throw RequestError(sentence);
  };
  if (arguments.has("processes"))
    refuse("--processes cannot go with a launcher, which started " + std::to_string(placement.size) +
           " processes already");
  if (arguments.has("dry-run")) refuse("--dry-run wants one process: start it without torchrun or srun");
  hear_signals_in_a_thread();
  keep_c10d_quiet();
  const std::atomic<bool>& stop = stop_on_signals();
  static std::shared_ptr<processes::ProcessGroup> group;  // for good, see end_now
  const std::string name = "rank " + std::to_string(placement.rank) + " on " + host_name() + ": ";
  try {
    group = std::make_shared<processes::ProcessGroup>(placement,
                                                      processes::group_timeout(processes::environment_of_process()));
    check_alike(*group, words, arguments.positional().at(0));
    end_now(leads ? lead(arguments, group) : execution::follow(group, stop));
  } catch (const execution::GroupOver&) {
    end_now(1);  // the sentence was said
  } catch (const processes::PeerLost& lost) {
    if (lost.speaks()) end_with(lost.what(), 1);
    end_now(1);
  } catch (const processes::FailedTogether& error) {
    if (leads) end_with(error.what(), 2);
    end_now(2);
  } catch (const RequestError& error) {
    end_with((leads ? "" : name) + error.what(), 2);
  } catch (const Interrupted& error) {
    end_with(error.what(), 130);
  } catch (...) {
    end_with(name + execution::failure_sentence(), 1);
  }
}

/// An allocation of several tasks, of which the script of the job is none.
void check_slurm(const execution::RunOptions& options) {
  const int64_t tasks = processes::tasks_left_out(processes::environment_of_process());
  if (tasks > 0 && options.processes == 1)
    throw RequestError("SLURM_NTASKS is " + std::to_string(tasks) +
                       ", but this process is none of those tasks: srun starts them, --processes " +
                       std::to_string(tasks) + " trains on this machine alone");
}

}  // namespace

int run_run(const Words& words) {
  Arguments arguments("run", "Trains an experiment. Started again on the same folder, does only what is missing.",
                      "CONFIG", "staircase run experiments/quickstart.json --set /recipe/epochs=2");
  add_run_options(arguments);
  arguments.options()("dry-run", "check everything, say what would be done and what it costs, write nothing")(
      "network-gbit",
      "with --dry-run --processes N: the network that each machine has, in Gbit/s; N may then be more "
      "than the cores here (default: all are on this machine)",
      cxxopts::value<double>(), "GBIT")(
      "slurm", "submit an array of Slurm whose tasks train what is missing, with these options of sbatch",
      cxxopts::value<std::string>(), "OPTIONS")(
      "shared", "one of many programs that train in DIR: end when all that is left is theirs, or has failed");
  add_set_option(arguments);
  if (!arguments.parse(words, 1, 1)) return 0;
  const processes::Placement placement = processes::placement_of(processes::environment_of_process());
  if (placement.size > 1 && !arguments.has("slurm")) return run_in_group(arguments, words, placement);
  progress_options(arguments);  // refuses wrong ones
  const experiment::Experiment experiment = read_experiment(arguments);
  if (arguments.has("slurm")) return submit(arguments, words, experiment);
  execution::RunOptions options = run_options(arguments, experiment);
  options.shared = arguments.has("shared");
  check_slurm(options);
  if (arguments.has("dry-run")) {
    show_plan(experiment, options, arguments.json());
    return 0;
  }
  return train_all(arguments, experiment, options);
}

namespace {

std::atomic<bool> stop_worker{false};

}  // namespace

int run_worker(const Words& words) {
  // The program that started the worker and its user's system may both ask it to stop, which is no second request.
  std::signal(SIGTERM, [](int) { stop_worker = true; });
  std::signal(SIGINT, SIG_IGN);
  std::signal(SIGPIPE, SIG_IGN);  // an unread line then is an error that the worker acts on
  if (words.size() > 1) {
    hear_signals_in_a_thread();
    keep_c10d_quiet();
  }
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  // What a library prints must not come between the lines.
  const int lines = ::dup(STDOUT_FILENO);
  ::dup2(STDERR_FILENO, STDOUT_FILENO);
  if (pollfd reader{lines, 0, 0}; ::poll(&reader, 1, 0) > 0)
    return execution::exit_status(execution::RunOutcome::stopped);  // nobody is left
  if (words.size() > 1)
    end_now(execution::work_in_team(words[0], execution::placement_from_word(words[1]), lines, stop_worker));
  try {
    return execution::exit_status(
        execution::work(execution::WorkOrder::from_word(words.empty() ? "" : words[0]), lines, stop_worker));
  } catch (const Interrupted&) {
    return execution::exit_status(execution::RunOutcome::stopped);  // the program that asked for it says so
  }
}

}  // namespace staircase::apps
