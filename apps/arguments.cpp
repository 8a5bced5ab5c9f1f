#include "arguments.h"

#include <iostream>

#include "help_page.h"
#include "staircase/base/errors.h"
#include "staircase/base/text.h"

namespace staircase::apps {
namespace {

/// What cxxopts found wrong. Of a value that is no number it names the value alone, to which the option is found.
std::string sentence(const std::string& message, const Words& words) {
  std::vector<std::string> found;
  for (size_t i = 0; i < words.size(); ++i) {
    const size_t equals = words[i].find('=');
    const bool has_own = equals != std::string::npos;
    if (!words[i].starts_with("--") || (!has_own && i + 1 == words.size())) continue;
    const std::string value = has_own ? words[i].substr(equals + 1) : words[i + 1];
    if (message.find("‘" + value + "’ failed to parse") != std::string::npos)
      found.push_back(words[i].substr(0, equals) + ": \"" + value + "\" is no number that it takes");
  }
  return found.size() == 1 ? found[0] : message;
}

}  // namespace

Arguments::Arguments(const std::string& command, const std::string& summary, const std::string& positionals,
                     const std::string& example)
    : command_(command),
      summary_(summary),
      example_(example),
      positionals_(positionals),
      options_("staircase " + command, summary) {
  options_.set_width(100);
  options_.positional_help(positionals);
  options_.custom_help("[OPTION...]");
  options_.add_options()("json", "print exactly one JSON value")("h,help", "show this page");
}

void Arguments::throw_page() const {
  HelpPage page{command_, summary_, positionals_, example_, {}};
  for (const auto& option : options_.group_help("").options)
    page.options.push_back({option.s, option.l.empty() ? "" : option.l.front(),
                            option.is_boolean ? "" : option.arg_help, option.desc,
                            option.has_default && !option.is_boolean ? option.default_value : "", option.is_container});
  throw HelpAsked{std::move(page)};
}

bool Arguments::parse(const Words& words, size_t fewest, size_t most) {
  if (words == Words{help_page_word}) throw_page();
  options_.add_options("positional")("words", "", cxxopts::value<std::vector<std::string>>());
  options_.parse_positional({"words"});
  std::vector<const char*> argv{command_.c_str()};
  for (const std::string& word : words) argv.push_back(word.c_str());
  try {
    result_ = options_.parse(static_cast<int>(argv.size()), argv.data());
  } catch (const cxxopts::exceptions::exception& error) {
    throw RequestError(command_ + ": " + sentence(error.what(), words) + "; staircase " + command_ +
                       " --help shows the options");
  }
  if (result_.count("help")) {
    std::cout << options_.help({""}) << "\nExample:\n  " << example_ << "\n";
    return false;
  }
  positional_ = all("words");
  if (positional_.size() < fewest || positional_.size() > most)
    throw RequestError(command_ + ": takes " + (positionals_.empty() ? "no words" : positionals_) + ", found " +
                       (positional_.empty() ? "nothing" : join(positional_, " ")) + "; for example " + example_);
  return true;
}

void Arguments::need(const std::vector<std::string>& options) const {
  std::vector<std::string> missing;
  for (const std::string& option : options)
    if (!has(option)) missing.push_back("--" + option);
  if (!missing.empty())
    throw RequestError(command_ + ": needs " + join(missing, " and ") + "; for example " + example_);
}

int64_t Arguments::bounded(const std::string& option, int64_t most, const std::string& why) const {
  const auto value = get<int64_t>(option);
  if (value < 1 || value > most)
    throw RequestError("--" + option + ": found " + std::to_string(value) + ", allowed is an integer from 1 to " +
                       std::to_string(most) + why);
  return value;
}

}  // namespace staircase::apps
