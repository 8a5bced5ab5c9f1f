#include "completion.h"
#include "completion_words.h"
#include "staircase/base/text.h"

namespace staircase::apps {
namespace {

std::string quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) {
    if (c == '\n') result += ' ';
    else result += (c == '\'' || c == '\\' ? "\\" : "") + std::string(1, c);
  }
  return result + "'";
}

/// What a place offers, as words of `complete`; an option with it takes a value.
std::string offered(const std::string& name) {
  const Place place = place_named(name);
  switch (place.offer) {
    case Offer::folder: return "-x -a '(__fish_complete_directories (commandline -ct))'";
    case Offer::file: return "-r -F";
    case Offer::network: return "-r -F -a '(__staircase_networks)'";
    case Offer::ladder: return "-x -a " + quoted(join(ladder_words(), " "));
    case Offer::field: return "-x -a '(__staircase_fields)'";
    case Offer::words: return "-x -a " + quoted(join(place.words, " "));
    default: return "-x";
  }
}

std::string functions() {
  std::string text = "function __staircase_networks\n  printf '%s\\n' " + join(network_words(), " ") +
                     "\nend\n\nfunction __staircase_fields\n  if string match -q '*=*' -- (commandline -ct)\n"
                     "    printf '%s\\n'";
  std::string pointers;
  for (const FieldWords& field : field_words()) {
    pointers += " " + field.pointer + "=";
    for (const std::string& value : field.values) text += " " + field.pointer + "=" + value;
  }
  return text + "\n  else\n    printf '%s\\n'" + pointers + "\n  end\nend\n\n";
}

}  // namespace

std::string fish_completion(const std::vector<HelpPage>& pages) {
  std::string text = "# What fish completes after staircase; written by: staircase completion fish\n" + functions() +
                     "complete -c staircase -f\n";
  for (const HelpPage& page : pages)
    text += "complete -c staircase -n __fish_use_subcommand -a " + page.command + " -d " +
            quoted(page.summary.substr(0, page.summary.find('\n'))) + "\n";
  for (const HelpPage& page : pages) {
    const std::string start = "complete -c staircase -n '__fish_seen_subcommand_from " + page.command + "' ";
    for (const HelpOption& option : page.options)
      text += start + "-l " + option.name + (option.value.empty() ? "" : " " + offered(option.value)) + " -d " +
              quoted(option.text) + "\n";
    for (const std::string& name : positional_names(page))
      if (place_named(name).offer != Offer::nothing) {
        // Here a word is no option's value, so none is required.
        std::string place = offered(name);
        place.replace(0, 2, place.starts_with("-x") ? "-f" : "-F");
        text += start + place + "\n";
      }
  }
  return text;
}

}  // namespace staircase::apps
