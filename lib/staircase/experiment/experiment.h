#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "staircase/config/configuration.h"
#include "staircase/config/experiment_options.h"

namespace staircase::experiment {

/// PTR=VALUE of the command line. Pointers into a configuration act as the file's `override` does;
/// others set the experiment itself.
struct Assignment {
  std::string pointer;
  config::Json value;
};

/// Parses "PTR=VALUE"; VALUE is JSON or a bare word. Throws RequestError.
Assignment parse_assignment(const std::string& text);

/// An experiment with every name resolved and every default filled in.
struct Experiment {
  std::string source;                 ///< the file, for messages
  config::ExperimentOptions options;  ///< base, ladder and extends are resolved into what follows
  config::Configuration base;
  std::vector<config::StepOptions> steps;
  std::map<std::string, std::string> step_places;  ///< by their names, of those that the file gives: "/steps/1/set"

  /// Where a step's edits stand, for messages: "/steps/1/set", or "/ladder" for one that the ladder gives.
  std::string step_place(const std::string& step) const;
};

/// Calls edit(). What it throws for the request also says that it happened in this step, and where that stands.
template <class Edit>
void within_step(const Experiment& experiment, const std::string& step, Edit&& edit) {
  try {
    edit();
  } catch (const RequestError& error) {
    throw RequestError(std::string(error.what()) + " (in the step " + step + ", " + experiment.step_place(step) + ")");
  }
}

/// Reads and checks an experiment: `extends`, `ladder`, names, the single-variable rule, the
/// matched-recipe rule. Reads no data and writes nothing. Throws config::ConfigError.
Experiment read_experiment(const std::filesystem::path& file, const std::vector<Assignment>& assignments = {});

/// The same for content that is already in memory; `source` names it in messages.
Experiment resolve_experiment(const config::Json& content, const std::string& source);

/// The experiment as resolved; resolve_experiment of it gives an equal one.
config::Json write_experiment(const Experiment& experiment);

/// JSON Schema of experiment files.
config::Json experiment_schema();

/// Reads models by name or object, for config::read_configuration.
config::ModelReader model_reader();

}  // namespace staircase::experiment
