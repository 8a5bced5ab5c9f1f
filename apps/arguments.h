#pragma once

// Values of --set hold commas, which cxxopts would take for several values.
#define CXXOPTS_VECTOR_DELIMITER '\x1f'
#include <cxxopts.hpp>
#include <optional>
#include <string>
#include <vector>

#include "commands.h"

namespace staircase::apps {

/// The options and positional words of one subcommand, with its help page.
class Arguments {
 public:
  /// `positionals`: as the usage line shows them, "MODEL" or "A B"; `example`: one whole command line.
  Arguments(const std::string& command, const std::string& summary, const std::string& positionals,
            const std::string& example);

  /// For declaring options as cxxopts does; --help and --json are there already.
  cxxopts::OptionAdder options() { return options_.add_options(); }

  /// Parses. False: --help was asked for and has been printed.
  /// Throws HelpAsked where the page is asked for as data (help_page.h).
  /// Throws RequestError for unknown options and for fewer or more positional words than allowed.
  bool parse(const Words& words, size_t fewest, size_t most);

  /// Throws RequestError naming those of these options that are left out.
  void need(const std::vector<std::string>& options) const;

  const Words& positional() const { return positional_; }
  bool has(const std::string& option) const { return result_.count(option) > 0; }
  template <class T>
  T get(const std::string& option) const {
    return result_[option].as<T>();
  }
  std::vector<std::string> all(const std::string& option) const {
    return has(option) ? get<std::vector<std::string>>(option) : std::vector<std::string>{};
  }
  bool json() const { return get<bool>("json"); }
  /// An integer from 1 to `most`. Throws RequestError naming the option; `why` follows the number there.
  int64_t bounded(const std::string& option, int64_t most, const std::string& why = "") const;

 private:
  [[noreturn]] void throw_page() const;

  std::string command_, summary_, example_, positionals_;
  cxxopts::Options options_;
  cxxopts::ParseResult result_;
  Words positional_;
};

}  // namespace staircase::apps
