#pragma once

#include <string>
#include <vector>

#include "program.h"

namespace staircase::apps {

/// An option as --help shows it.
struct HelpOption {
  std::string letter, name;   ///< "h", "help"; the letter may be missing
  std::string value;          ///< "DIR", "fp32|bf16"; empty: it takes none
  std::string text;           ///< what it does
  std::string default_value;  ///< empty: there is none
  bool repeats = false;
};

/// What --help shows of a command, as data: manual pages and completions are made of it.
struct HelpPage {
  std::string command, summary, positionals, example;
  std::vector<HelpOption> options;
};

/// A command that is called with this word alone throws its page as HelpAsked and does nothing. Users have --help.
inline constexpr const char* help_page_word = "--\x01help-page";
struct HelpAsked {
  HelpPage page;
};

/// The pages of all commands, in the order of `staircase --help`.
std::vector<HelpPage> help_pages(const ComputingHalf& computing);

/// The words of "A B" or "[DIR]" or "IMAGE...", one by one, as they are named: "A", "B", "DIR", "IMAGE...".
std::vector<std::string> positional_names(const HelpPage& page);

}  // namespace staircase::apps
