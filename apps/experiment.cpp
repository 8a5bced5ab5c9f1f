#include "experiment.h"

namespace staircase::apps {

void add_set_option(Arguments& arguments) {
  arguments.options()("set", "PTR=VALUE: change a field of every configuration, or of the experiment; may be repeated",
                      cxxopts::value<std::vector<std::string>>(), "PTR=VALUE");
}

lab::Experiment read_experiment(const Arguments& arguments) {
  std::vector<lab::Assignment> assignments;
  for (const std::string& text : arguments.all("set")) assignments.push_back(lab::parse_assignment(text));
  return lab::read_experiment(arguments.positional()[0], assignments);
}

}  // namespace staircase::apps
