#include "experiment.h"

namespace staircase::apps {

void add_set_option(Arguments& arguments) {
  arguments.options()(
      "set",
      "PTR=VALUE: change a field of every configuration, or of the experiment; may be repeated; a relative path starts "
      "at the current directory",
      cxxopts::value<std::vector<std::string>>(), "PTR=VALUE");
}

experiment::Experiment read_experiment(const Arguments& arguments) {
  std::vector<experiment::Assignment> assignments;
  for (const std::string& text : arguments.all("set")) assignments.push_back(experiment::parse_assignment(text));
  return experiment::read_experiment(arguments.positional()[0], assignments);
}

}  // namespace staircase::apps
