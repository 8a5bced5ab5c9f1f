#pragma once

#include "staircase/experiment/design.h"

namespace staircase::experiment {

/// A value as tables show it: a recipe by its name, a text without quotes.
config::Json shown_value(const config::Configuration& configuration, const std::string& pointer,
                         const std::string& source);

/// Makes the configurations of an experiment's rows, in one context.
class Edits {
 public:
  /// `context`: null, as written.
  Edits(const Experiment& experiment, DataNumbers data, const config::ContextOptions* context)
      : experiment_(experiment), source_(experiment.source), data_(data), context_(context) {}

  /// Sets what the steps say. A part as a whole first, whatever its place in the file, or it would undo another
  /// edit of one of its fields. Throws RequestError naming the step.
  config::Configuration with_steps(config::Configuration configuration,
                                   const std::vector<const config::StepOptions*>& steps) const;

  /// Overrides, the context's edits, the data's classes and channels, and the checks that need the whole configuration.
  /// Throws RequestError naming the row.
  config::Configuration finished(config::Configuration configuration, const std::string& row) const;

 private:
  void set_fields(config::Configuration& configuration, const config::Json& edits, bool whole) const;
  void take_from_data(int64_t& field, int64_t of_data, const char* name, const char* what) const;

  const Experiment& experiment_;
  const std::string& source_;
  DataNumbers data_;
  const config::ContextOptions* context_;
};

}  // namespace staircase::experiment
