#pragma once

#include <string>
#include <vector>

#include "help_page.h"

namespace staircase::apps {

// What each shell loads to complete commands, options, networks, rungs, recipes and fields.
std::string bash_completion(const std::vector<HelpPage>& pages);
std::string zsh_completion(const std::vector<HelpPage>& pages);
std::string fish_completion(const std::vector<HelpPage>& pages);

}  // namespace staircase::apps
