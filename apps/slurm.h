#pragma once

#include <filesystem>
#include <string>

#include "arguments.h"
#include "staircase/experiment/experiment.h"

namespace staircase::apps {

/// What a job script of Slurm is made from.
struct SlurmJob {
  std::string name;
  std::filesystem::path program, stands_in;  ///< stands_in: the folder in which the command was given
  Words words;                               ///< the program's, without those that are for the submission alone
  std::filesystem::path folder;              ///< of the results
  std::string options;                       ///< the user's, as sbatch takes them; they win over the script's own
  int64_t tasks = 1;                         ///< of the array
  int64_t processes = 1;                     ///< of each task
};

/// A script for sbatch: an array whose tasks share the folder, each of which stops after a checkpoint before its time
/// is over and is queued again.
std::string slurm_script(const SlurmJob& job);

/// `run --slurm`: writes the script into the folder of the results and hands it to sbatch; with --dry-run shows it.
/// `words`: all that the command was given. Returns the exit status.
/// Throws RequestError: the experiment or an option is wrong, sbatch is missing or refuses.
int submit(const Arguments& arguments, const Words& words, const experiment::Experiment& experiment);

}  // namespace staircase::apps
