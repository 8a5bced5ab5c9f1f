#include "slurm.h"

#include <poll.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <sstream>

#include "console.h"
#include "run_options.h"
#include "staircase/base/child_process.h"
#include "staircase/base/counted.h"
#include "staircase/base/errors.h"
#include "staircase/base/files.h"
#include "staircase/base/text.h"
#include "staircase/execution/open_runs.h"
#include "staircase/processes/placement.h"

namespace staircase::apps {
namespace {

namespace fs = std::filesystem;

/// A cluster allows arrays of 1,001 tasks where nobody has changed that.
constexpr int64_t most_tasks = 1000;

/// As a shell reads it back.
std::string shell_word(const std::string& text) {
  const char* const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./:,@%";
  if (!text.empty() && text.find_first_not_of(plain) == std::string::npos) return text;
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

std::string job_name(const std::string& experiment) {
  std::string name = experiment;
  for (char& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '-' && c != '.') c = '_';
  return name;
}

/// As sbatch reads the name of a file in a folder, `name` with what it is to fill in.
std::string sbatch_file(const std::string& folder, const std::string& name) {
  std::string text = "\"";
  for (const char c : folder) text += c == '%' ? "%%" : std::string(1, c);
  return text + name + "\"";
}

fs::path script_folder(const fs::path& folder) { return folder / "slurm"; }
fs::path script_path(const fs::path& folder) { return script_folder(folder) / "job.sh"; }

/// The program that its users call, not the half of it that computes.
fs::path user_program() {
  const fs::path here = fs::read_symlink("/proc/self/exe").parent_path();
  const fs::path beside = here / "staircase";
  return fs::exists(beside) ? beside : (here / STAIRCASE_BIN / "staircase").lexically_normal();
}

/// What the tasks are told: the same command, without what only says how to submit it.
Words words_of_tasks(const Words& words, bool leaves_rest) {
  Words kept{"run"};
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    const bool takes_next = word == "--slurm" || word == "--processes";
    if (takes_next) ++i;
    else if (!word.starts_with("--slurm=") && !word.starts_with("--processes=") && word != "--shared" &&
             word != "--json")
      kept.push_back(word);
  }
  // Rounds of seeds need all tasks until the last is over.
  if (leaves_rest) kept.push_back("--shared");
  return kept;
}

fs::path find_program(const std::string& name) {
  const char* const path = std::getenv("PATH");
  std::istringstream folders(path ? path : "");
  for (std::string folder; std::getline(folders, folder, ':');) {
    std::error_code ignored;
    if (fs::is_regular_file(fs::path(folder) / name, ignored)) return fs::path(folder) / name;
  }
  throw RequestError("--slurm: " + name + " is not on the PATH here; it is where jobs of Slurm are submitted, and " +
                     "--dry-run shows the script without it");
}

/// All that a program says, on stdout and stderr, and its exit status.
std::pair<std::vector<std::string>, int> ask(const std::vector<std::string>& command) {
  std::vector<std::string> words{"/bin/sh", "-c", "exec \"$@\" 2>&1", "sh"};
  words.insert(words.end(), command.begin(), command.end());
  ChildProcess process(words);
  std::vector<std::string> lines;
  while (process.read_lines(lines)) {
    pollfd news{process.output(), POLLIN, 0};
    ::poll(&news, 1, -1);
  }
  return {lines, process.wait()};
}

/// Submits, and returns the job's number.
std::string call_sbatch(const fs::path& sbatch, const fs::path& script) {
  const auto [lines, status] = ask({sbatch.string(), "--parsable", script.string()});
  std::vector<std::string> said;
  std::string job;
  for (const std::string& line : lines) {
    const size_t digits = std::min(line.find_first_not_of("0123456789"), line.size());
    const bool is_job = digits > 0 && (digits == line.size() || line[digits] == ';');
    if (is_job) job = line.substr(0, digits);
    else said.push_back(line.starts_with("sbatch: error: ") ? line.substr(15) : line);
  }
  if (status != 0 || job.empty())
    throw RequestError("sbatch refuses " + script.string() + ": " +
                       (said.empty() ? "it ends with status " + std::to_string(status) : join(said, "; ")));
  print_warnings(said);
  return job;
}

void check_request(const Arguments& arguments, const execution::RunOptions& options) {
  const auto environment = processes::environment_of_process();
  if (processes::placement_of(environment).launcher != processes::Launcher::none)
    throw RequestError(
        "--slurm: is for the command line, not for a process that torchrun or srun started: its tasks "
        "would take this one's place in their group for theirs");
  if (options.jobs > 1 && options.processes > 1)
    throw RequestError("--slurm: --jobs " + std::to_string(options.jobs) + " and --processes " +
                       std::to_string(options.processes) + " cannot go together in a task: leave --jobs out, the " +
                       "array's tasks are the runs side by side");
  const auto check_line = [](const std::string& what, const std::string& text, const char* not_allowed) {
    if (text.find_first_of(not_allowed) != std::string::npos)
      throw RequestError(what + ": \"" + text + "\" does not fit into a line of a job script");
  };
  check_line("--slurm", arguments.get<std::string>("slurm"), "\n\r");
  check_line("--out", fs::absolute(options.folder).string(), "\n\r\"\\");
}

std::string counts_text(const execution::OpenRuns& open, const fs::path& folder) {
  return counted(static_cast<long long>(open.runs), "run") + ", " + std::to_string(open.done) + " done, " +
         (open.running ? std::to_string(open.running) + " running, " : "") + std::to_string(open.to_do()) +
         " to do in " + folder.string();
}

config::Json to_json(const execution::OpenRuns& open, const SlurmJob& job, const config::Json& number) {
  return {{"job", number},           {"script", script_path(job.folder).string()},
          {"runs", open.runs},       {"done", open.done},
          {"running", open.running}, {"to_do", open.to_do()}};
}

void print_how_to_follow(const SlurmJob& job, const std::string& number) {
  const fs::path folder = shell_word(job.folder.string());
  std::cout << "Job " << number << ", by " << script_path(folder).string() << "\n"
            << "  to follow it:  staircase status " << folder.string() << "   or   squeue --job " << number << "\n"
            << "  what it says:  " << (script_folder(folder) / (number + "_*.txt")).string() << "\n"
            << "  to stop it:    scancel " << number << "   (runs keep their last checkpoint)\n"
            << "  to go on:      the same command again submits what is left then\n";
}

int64_t count_tasks(const execution::OpenRuns& open, const execution::RunOptions& options) {
  const int64_t runs = static_cast<int64_t>(open.to_do());
  return std::clamp<int64_t>((runs + options.jobs - 1) / options.jobs, 1, most_tasks);
}

}  // namespace

std::string slurm_script(const SlurmJob& job) {
  const fs::path folder = fs::absolute(job.folder);
  std::string command = shell_word(job.program.string());
  for (const std::string& word : job.words) command += " " + shell_word(word);
  std::ostringstream script;
  script << R"(#!/bin/sh
# Written by staircase run --slurm: an array whose tasks share one folder of results. Each of them trains what is free
# there, until nothing is. Once more: sbatch )"
         << shell_word(script_path(folder).string()) << "\n#SBATCH --job-name=" << job_name(job.name)
         << "\n#SBATCH --array=0-" << job.tasks - 1 << "\n#SBATCH --ntasks=" << job.processes
         << "\n#SBATCH --output=" << sbatch_file(script_folder(folder).string(), "/%A_%a.txt") << R"(
#SBATCH --open-mode=append
# A task whose node fails, or that makes room for others, is queued again and goes on from its last checkpoint.
#SBATCH --requeue
# Two minutes before its time is over this script hears of it.
#SBATCH --signal=B:USR1@120
)";
  if (!job.options.empty())
    script << "# As --slurm says, which counts where it differs from the lines above.\n#SBATCH " << job.options << "\n";
  script << "\ncd " << shell_word(job.stands_in.string()) << R"( || exit 1
# The cores that sbatch was asked for: srun does not look for them by itself.
[ -z "${SLURM_CPUS_PER_TASK-}" ] || export SRUN_CPUS_PER_TASK="$SLURM_CPUS_PER_TASK"
task="${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID" again=
# When its time is nearly over the run writes a checkpoint and ends with status 130, and the task is queued again.
trap 'again=yes; scancel --signal=TERM "$task" &' USR1
# Slurm sends this to the run as well, for whose end the script waits.
trap : TERM
srun --kill-on-bad-exit=1 )"
         << command << R"( &
run=$!
while :; do
  wait "$run"
  status=$?
  kill -0 "$run" 2>/dev/null || break
done
# So it is where Slurm wants its place for others and gives it a time of grace to leave by itself.
case $(scontrol --oneliner show job "$task" 2>/dev/null) in *JobState=RUNNING*PreemptTime=[0-9]*) again=yes ;; esac
[ -z "$again" ] || [ "$status" != 130 ] || scontrol requeue "$task"
exit "$status"
)";
  return script.str();
}

int submit(const Arguments& arguments, const Words& words, const experiment::Experiment& experiment) {
  const execution::RunOptions options = run_options(arguments, experiment, TrainsOn::others);
  check_request(arguments, options);
  SlurmJob job;
  job.name = experiment.options.name;
  job.program = user_program();
  job.stands_in = fs::current_path();
  job.words = words_of_tasks(words, !experiment.options.until);
  job.folder = options.folder;
  job.options = arguments.get<std::string>("slurm");
  job.processes = options.processes;
  if (arguments.has("dry-run")) {
    const execution::OpenRuns open = execution::count_open_runs(experiment, options);
    job.tasks = count_tasks(open, options);
    config::Json content = to_json(open, job, nullptr);
    content["text"] = slurm_script(job);
    if (arguments.json()) print_json(content);
    else std::cout << slurm_script(job);
    std::cerr << counts_text(open, job.folder) << "\n";
    return 0;
  }
  const fs::path sbatch = find_program("sbatch");
  const execution::OpenRuns open = execution::open_runs_to_others(experiment, options);
  if (!arguments.json()) std::cout << counts_text(open, job.folder) << "\n";
  if (open.to_do() == 0) {
    if (arguments.json()) print_json(to_json(open, job, nullptr));
    else std::cout << "Nothing is submitted.\n";
    return 0;
  }
  job.tasks = count_tasks(open, options);
  make_folder(script_folder(job.folder));
  write_file_atomically(script_path(job.folder), slurm_script(job));
  const std::string number = call_sbatch(sbatch, script_path(job.folder));
  if (arguments.json()) print_json(to_json(open, job, number));
  else print_how_to_follow(job, number);
  return 0;
}

}  // namespace staircase::apps
