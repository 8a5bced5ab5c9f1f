#include "completion.h"
#include "completion_words.h"
#include "staircase/base/text.h"

namespace staircase::apps {
namespace {

/// What the script below calls a place; nothing where it offers nothing.
std::string place_text(const std::string& name) {
  const Place place = place_named(name);
  switch (place.offer) {
    case Offer::folder: return "folder";
    case Offer::file: return "file";
    case Offer::network: return "network";
    case Offer::ladder: return "ladder";
    case Offer::field: return "field";
    case Offer::words: return "words " + join(place.words, " ");
    default: return "anything";
  }
}

/// The options of each command, what follows each of them, and what each place takes.
std::string cases(const std::vector<HelpPage>& pages) {
  std::string options, values, places;
  for (const HelpPage& page : pages) {
    options += "    " + page.command + ") echo '";
    for (const HelpOption& option : page.options) {
      options += (options.back() == '\'' ? "--" : " --") + option.name;
      if (!option.value.empty())
        values += "    '" + page.command + " --" + option.name + "') echo '" + place_text(option.value) + "' ;;\n";
    }
    options += "' ;;\n";
    const auto names = positional_names(page);
    for (size_t i = 0; i < names.size(); ++i)
      places += "    '" + page.command + " " + (place_named(names[i]).repeats ? "'*" : std::to_string(i) + "'") +
                ") echo '" + place_text(names[i]) + "' ;;\n";
  }
  return "_staircase_options() {\n  case $1 in\n" + options +
         "  esac\n}\n\n_staircase_value() {\n  case \"$1 $2\" in\n" + values +
         "  esac\n}\n\n_staircase_place() {\n  case \"$1 $2\" in\n" + places + "  esac\n}\n\n";
}

std::string lists(const std::vector<HelpPage>& pages) {
  std::vector<std::string> commands;
  for (const HelpPage& page : pages) commands.push_back(page.command);
  std::string text = "_staircase_commands='" + join(commands, " ") + "'\n_staircase_networks='" +
                     join(network_words(), " ") + "'\n_staircase_ladders='" + join(ladder_words(), " ") +
                     "'\n_staircase_fields='\n";
  for (const FieldWords& field : field_words()) text += field.pointer + "=" + join(field.values, " ") + "\n";
  return text + "'\n\n";
}

/// Bash takes a word apart at = and :, so the line is read as it stands and what is before them is not offered again.
constexpr const char* script = R"script(_staircase_offer() {  # PLACE CURRENT
  local place=${1%% *} current=$2 pointer line
  case $place in
    folder) mapfile -t COMPREPLY < <(compgen -d -- "$current"); compopt -o filenames ;;
    file) mapfile -t COMPREPLY < <(compgen -f -- "$current"); compopt -o filenames ;;
    network)
      mapfile -t COMPREPLY < <(compgen -W "$_staircase_networks" -- "$current")
      [[ ${#COMPREPLY[@]} -gt 0 ]] || _staircase_offer file "$current" ;;
    ladder) mapfile -t COMPREPLY < <(compgen -W "$_staircase_ladders" -- "$current") ;;
    field)
      pointer=${current%%=*}
      while IFS= read -r line; do
        if [[ $current == *=* ]]; then
          [[ ${line%%=*} == "$pointer" ]] || continue
          mapfile -t COMPREPLY < <(compgen -P "$pointer=" -W "${line#*=}" -- "${current#*=}")
        elif [[ -n $line && $line == "$current"* ]]; then
          COMPREPLY+=("${line%%=*}=")
          compopt -o nospace
        fi
      done <<<"$_staircase_fields" ;;
    words) mapfile -t COMPREPLY < <(compgen -W "${1#words }" -- "$current") ;;
  esac
}

_staircase() {
  local line=${COMP_LINE:0:COMP_POINT} command place='' number=0 i mark before=''
  local -a words
  COMPREPLY=()
  read -ra words <<<"$line"
  [[ $line != *[[:space:]] ]] || words+=('')
  local last=$((${#words[@]} - 1))
  local current=${words[last]}
  command=${words[1]}
  for ((i = 2; i < last; ++i)); do
    if [[ -n $place ]]; then place=''
    elif [[ ${words[i]} == -* ]]; then place=$(_staircase_value "$command" "${words[i]}")
    else number=$((number + 1)); fi
  done
  if [[ $last -eq 1 ]]; then _staircase_offer "words $_staircase_commands" "$current"
  elif [[ -n $place ]]; then _staircase_offer "$place" "$current"
  elif [[ $current == -* ]]; then _staircase_offer "words $(_staircase_options "$command")" "$current"
  else _staircase_offer "$(_staircase_place "$command" $number)" "$current"; fi
  for mark in = :; do
    if [[ $COMP_WORDBREAKS == *"$mark"* && $current == *"$mark"* ]]; then
      mark=${current%"${current##*"$mark"}"}
      [[ ${#mark} -le ${#before} ]] || before=$mark
    fi
  done
  COMPREPLY=("${COMPREPLY[@]#"$before"}")
}

complete -F _staircase staircase
)script";

}  // namespace

std::string bash_completion(const std::vector<HelpPage>& pages) {
  return "# What bash completes after staircase; written by: staircase completion bash\n" + lists(pages) +
         cases(pages) + script;
}

}  // namespace staircase::apps
