#pragma once

#include "commands.h"

namespace staircase::apps {

/// What the program does with the words after its name: runs a command, prints an error as one line on stderr,
/// returns the exit status (0 done, 1 the run failed, 2 the request was wrong, 130 interrupted).
int run_program(const Words& words);

}  // namespace staircase::apps
