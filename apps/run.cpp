#include <poll.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#include <ctime>
#include <iostream>

#include "arguments.h"
#include "console.h"
#include "experiment.h"
#include "run_options.h"
#include "staircase/analysis/results.h"
#include "staircase/analysis/score.h"
#include "staircase/analysis/smallest_shown.h"
#include "staircase/base/counted.h"
#include "staircase/base/duration.h"
#include "staircase/base/errors.h"
#include "staircase/base/text.h"
#include "staircase/execution/runner.h"
#include "staircase/execution/worker.h"
#include "staircase/report/cells.h"
#include "staircase/report/report.h"

namespace staircase::apps {
namespace {

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

}  // namespace

int run_run(const Words& words) {
  Arguments arguments("run", "Trains an experiment. Started again on the same folder, does only what is missing.",
                      "CONFIG", "staircase run experiments/quickstart.json --set /recipe/epochs=2");
  add_run_options(arguments);
  arguments.options()("dry-run", "check everything, say what would be done and what it costs, write nothing");
  add_set_option(arguments);
  if (!arguments.parse(words, 1, 1)) return 0;
  const ProgressOptions progress = progress_options(arguments);
  const experiment::Experiment experiment = read_experiment(arguments);
  const execution::RunOptions options = run_options(arguments, experiment);
  if (arguments.has("dry-run")) {
    show_plan(experiment, options, arguments.json());
    return 0;
  }
  const analysis::Results results = train_and_report(experiment, options, progress);
  if (arguments.json()) print_json(analysis::write_result(results));
  else
    std::cout << "\n"
              << report::report_terminal(results, terminal_width(), options.folder.string()) << "\nThe report is "
              << (options.folder / "report.html").string() << ".\n";
  return results.done == results.runs ? 0 : 1;
}

namespace {

std::atomic<bool> stop_worker{false};

}  // namespace

int run_worker(const Words& words) {
  // The program that started the worker and its user's system may both ask it to stop, which is no second request.
  std::signal(SIGTERM, [](int) { stop_worker = true; });
  std::signal(SIGINT, SIG_IGN);
  std::signal(SIGPIPE, SIG_IGN);  // an unread line then is an error that the worker acts on
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  // What a library prints must not come between the lines.
  const int lines = ::dup(STDOUT_FILENO);
  ::dup2(STDERR_FILENO, STDOUT_FILENO);
  if (pollfd reader{lines, 0, 0}; ::poll(&reader, 1, 0) > 0)
    return execution::exit_status(execution::RunOutcome::stopped);  // nobody is left
  try {
    return execution::exit_status(
        execution::work(execution::WorkOrder::from_word(words.empty() ? "" : words[0]), lines, stop_worker));
  } catch (const Interrupted&) {
    return execution::exit_status(execution::RunOutcome::stopped);  // the program that asked for it says so
  }
}

}  // namespace staircase::apps
