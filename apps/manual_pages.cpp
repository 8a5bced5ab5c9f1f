#include "manual_pages.h"

#include "completion_words.h"
#include "staircase/base/build_info.h"
#include "staircase/base/text.h"
#include "staircase/config/configuration.h"
#include "staircase/config/experiment_options.h"
#include "staircase/config/recipes.h"

namespace staircase::apps {
namespace {

/// A text as roff takes it: no line starts a request, and a hyphen is the one that users type.
std::string roff(const std::string& text) {
  std::string result;
  for (const char c : text) {
    const bool starts_line = result.empty() || result.back() == '\n';
    if (starts_line && (c == '.' || c == '\'')) result += "\\&";
    if (c == '\\') result += "\\e";
    else if (c == '-') result += "\\-";
    else result += c;
  }
  return result;
}

std::string head(const std::string& name, int section, const std::string& summary) {
  return ".TH \"" + name + "\" " + std::to_string(section) + " \"\" \"staircase " + std::string(build_info().version) +
         "\" \"Staircase\"\n.SH NAME\n" + roff(name) + " \\- " + roff(summary) + "\n";
}

std::string option_text(const HelpOption& option) {
  std::string text =
      ".TP\n.B " + roff(option.letter.empty() ? "" : "-" + option.letter + ", ") + roff("--" + option.name);
  if (!option.value.empty()) text += " \\fI" + roff(option.value) + "\\fR";
  text += "\n" + roff(option.text);
  if (!option.default_value.empty()) text += roff(" (default: " + option.default_value + ")");
  return text + "\n";
}

std::string tagged(const std::string& tag, const std::string& text) {
  return ".TP\n.B " + roff(tag) + "\n" + roff(text) + "\n";
}

std::string values_text(const config::Json& schema, const std::vector<std::string>& values) {
  std::string text = " (default: " + schema.value("default", config::Json()).dump() + ")";
  return (values.empty() ? "" : "; one of " + join(values)) + text;
}

/// Every field of a part, those of structs inside it too.
std::string fields_text(const std::string& pointer, const config::Json& schema) {
  std::string text;
  for (const auto& [name, field] : schema.at("properties").items()) {
    const std::string place = pointer + "/" + name;
    if (field.contains("properties")) text += fields_text(place, field);
    else text += tagged(place, field.at("description").get<std::string>() + values_text(field, listed_values(field)));
  }
  return text;
}

}  // namespace

std::string command_page(const Command& command, const HelpPage& page) {
  std::string text = head("staircase-" + page.command, 1, command.summary) + ".SH SYNOPSIS\n.B staircase " +
                     page.command + "\n" + (page.positionals.empty() ? "" : ".I " + roff(page.positionals) + "\n") +
                     ".RI [ OPTION... ]\n" + ".SH DESCRIPTION\n" + roff(page.summary) + "\n.SH OPTIONS\n";
  for (const HelpOption& option : page.options) text += option_text(option);
  return text + ".SH EXAMPLE\n.nf\n" + roff(page.example) + "\n.fi\n.SH SEE ALSO\n.BR staircase (1)\n";
}

std::string main_page() {
  std::string text =
      head("staircase", 1, "walks any backbone to any other one change at a time") +
      ".SH SYNOPSIS\n.B staircase\n.I COMMAND\n.RI [ WORD... ]\n.RI [ OPTION... ]\n.SH DESCRIPTION\n"
      "Trains image classifiers along walks of single changes, and says what each step was worth, with the\n"
      "uncertainty. Results go to stdout, progress and warnings to stderr; \\-\\-json prints one JSON value.\n"
      ".SH COMMANDS\n";
  for (const Command& command : all_commands())
    text += ".TP\n.BR staircase\\-" + std::string(command.name) + " (1)\n" + roff(command.summary) + "\n";
  return text +
         ".SH EXIT STATUS\n.TP\n0\ndone\n.TP\n1\nthe run failed\n.TP\n2\nthe request was wrong\n.TP\n130\n"
         "interrupted; the same command goes on\n"
         ".SH ENVIRONMENT\n.TP\n.B OMP_NUM_THREADS\nthreads of commands that compute, where no experiment says it\n"
         ".TP\n.B OPENBLAS_CORETYPE\nkernels of OpenBLAS; without it they are those that the processor's instructions allow\n"
         ".TP\n.B BROWSER\nwhat report \\-\\-open shows a page with\n.SH SEE ALSO\n.BR staircase\\-experiment (5)\n";
}

std::string experiment_page() {
  std::string text = head("staircase-experiment", 5, "experiment files of staircase, and the names they may use") +
                     ".SH DESCRIPTION\nAn experiment is a JSON file. \\-\\-set POINTER=VALUE changes a field of it; " +
                     "pointers into /model, /recipe, /data and /init address one configuration, all others the " +
                     "experiment.\n.SH FIELDS OF THE EXPERIMENT\n" +
                     fields_text("", config::options_schema<config::ExperimentOptions>(false));
  config::visit_parts([&](const auto& part) {
    using Part = typename std::remove_cvref_t<decltype(part)>::value_type;
    const std::string name(part.name);
    text += ".SH FIELDS OF /" + name + "\n" + roff(std::string(part.help)) + "\n" +
            fields_text("/" + name, config::options_schema<Part>(false));
  });
  text += ".SH RECIPES\n";
  for (const config::NamedRecipe& recipe : config::named_recipes()) text += tagged(recipe.name, recipe.summary);
  text += ".SH NETWORKS\nNames, and rungs as LADDER/RUNG:\n.P\n" + roff(join(network_words(), ", ")) + "\n";
  return text + ".SH SEE ALSO\n.BR staircase (1),\n.BR staircase\\-schema (1)\n";
}

}  // namespace staircase::apps
