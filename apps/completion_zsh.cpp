#include "completion.h"
#include "completion_words.h"
#include "staircase/base/text.h"

namespace staircase::apps {
namespace {

/// Inside '...'; `special`: further characters that get a backslash.
std::string quoted(const std::string& text, const std::string& special = "") {
  std::string result;
  for (const char c : text) {
    if (c == '\'') result += "'\\''";
    else if (c == '\n') result += ' ';
    else result += (special.find(c) == std::string::npos ? "" : "\\") + std::string(1, c);
  }
  return result;
}

std::string action(const std::string& name) {
  const Place place = place_named(name);
  switch (place.offer) {
    case Offer::folder: return "_files -/";
    case Offer::file: return "_files";
    case Offer::network: return "_staircase_network";
    case Offer::ladder: return "(" + join(ladder_words(), " ") + ")";
    case Offer::field: return "_staircase_field";
    case Offer::words: return "(" + quoted(join(place.words, " "), ":") + ")";
    default: return " ";
  }
}

/// The words of _arguments for one command.
std::string specifications(const HelpPage& page) {
  std::string text;
  for (const HelpOption& option : page.options) {
    text += " \\\n        '" + std::string(option.repeats ? "*" : "") + "--" + option.name + "[" +
            quoted(option.text, "[]:\\") + "]";
    if (!option.value.empty()) text += ":" + quoted(option.value, ":") + ":" + action(option.value);
    text += "'";
  }
  const auto names = positional_names(page);
  for (size_t i = 0; i < names.size(); ++i)
    text += " \\\n        '" + (place_named(names[i]).repeats ? "*" : std::to_string(i + 1)) + ":" +
            quoted(names[i], ":") + ":" + action(names[i]) + "'";
  return text;
}

std::string field_function() {
  std::string text = "_staircase_field() {\n  local -A fields=(\n";
  for (const FieldWords& field : field_words()) text += "    " + field.pointer + " '" + join(field.values, " ") + "'\n";
  return text + R"(  )
  if compset -P '*='; then
    compadd -- ${=fields[${${IPREFIX%=}##*=}]}
  else
    compadd -S = -- ${(k)fields}
  fi
}

)";
}

}  // namespace

std::string zsh_completion(const std::vector<HelpPage>& pages) {
  std::string text =
      "#compdef staircase\n# What zsh completes after staircase; written by: staircase completion zsh\n\n"
      "_staircase_network() {\n  local -a networks=(" +
      join(network_words(), " ") + ")\n  compadd -a networks || _files\n}\n\n" + field_function() +
      "_staircase() {\n  local curcontext=$curcontext state line\n  local -a commands=(\n";
  for (const HelpPage& page : pages)
    text += "    '" + page.command + ":" + quoted(page.summary.substr(0, page.summary.find('\n')), ":") + "'\n";
  text +=
      "  )\n  _arguments -C '1:command:->command' '*::word:->words'\n  case $state in\n"
      "    command) _describe command commands ;;\n    words)\n      case $line[1] in\n";
  for (const HelpPage& page : pages)
    text += "      " + page.command + ")\n        _arguments" + specifications(page) + " ;;\n";
  return text + "      esac ;;\n  esac\n}\n\n_staircase \"$@\"\n";
}

}  // namespace staircase::apps
