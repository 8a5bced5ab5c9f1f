#pragma once

#include <string>

#include "commands.h"

namespace staircase::apps {

/// The half of the program that computes with LibTorch, whose start takes half a second. What only plans, designs,
/// analyses or reports does without it.
struct ComputingHalf {
  int (*run)(const Words& words);     ///< words[0] is one of its commands
  std::string (*failure_sentence)();  ///< one line for the exception that is being handled
};

/// Every command that users know, in the order of --help; `run` is null for those that compute.
const std::vector<Command>& all_commands();

/// That half in this process.
ComputingHalf computing_here();

/// What the program does with the words after its name: runs a command, prints an error as one line on stderr,
/// returns the exit status (0 done, 1 the run failed, 2 the request was wrong, 130 interrupted).
int run_program(const Words& words, const ComputingHalf& computing);

}  // namespace staircase::apps
