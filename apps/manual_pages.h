#pragma once

#include <string>

#include "help_page.h"

namespace staircase::apps {

// Manual pages, as man reads them (roff).

/// staircase(1): the commands.
std::string main_page();
/// staircase-COMMAND(1).
std::string command_page(const Command& command, const HelpPage& page);
/// staircase-experiment(5): every field of experiment files, and the networks, rungs and recipes that have names.
std::string experiment_page();

}  // namespace staircase::apps
