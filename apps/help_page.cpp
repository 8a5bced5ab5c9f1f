#include "help_page.h"

#include <sstream>
#include <stdexcept>

namespace staircase::apps {
namespace {

HelpPage page_of(const Command& command, const ComputingHalf& computing) {
  try {
    if (command.run) command.run({help_page_word});
    else computing.run({command.name, help_page_word});
  } catch (const HelpAsked& asked) {
    return asked.page;
  }
  throw std::logic_error(std::string(command.name) + ": has no help page");
}

}  // namespace

std::vector<HelpPage> help_pages(const ComputingHalf& computing) {
  std::vector<HelpPage> pages;
  for (const Command& command : all_commands()) pages.push_back(page_of(command, computing));
  return pages;
}

std::vector<std::string> positional_names(const HelpPage& page) {
  std::istringstream words(page.positionals);
  std::vector<std::string> names;
  for (std::string word; words >> word;) {
    if (word.front() == '[' && word.back() == ']') word = word.substr(1, word.size() - 2);
    names.push_back(word);
  }
  return names;
}

}  // namespace staircase::apps
