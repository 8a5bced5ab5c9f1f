#include "staircase/experiment/contexts.h"

#include <algorithm>

#include "staircase/experiment/looks.h"
#include "staircase/experiment/names.h"
#include "staircase/experiment/pointer_hint.h"
#include "staircase/experiment/unread_fields.h"

namespace staircase::experiment {
namespace {

using config::ConfigError;
using config::ContextOptions;
using config::ExperimentKind;
using config::ExperimentOptions;
using config::Place;

Place place_of(const std::string& source, size_t context) { return Place{source, "/contexts"}.at(context).at("set"); }

void check_edits(const ExperimentOptions& options, const ContextOptions& context, const Place& place) {
  if (!context.set.is_object()) config::detail::refuse(context.set, place, "an object of pointer to value");
  if (context.set.empty()) throw ConfigError(place, "the context " + context.name + " sets nothing");
  for (const auto& [pointer, value] : context.set.items()) {
    if (!config::is_configuration_pointer(pointer))
      throw ConfigError(place.at(pointer), "a context sets fields under /model, /recipe, /data or /init" +
                                               pointer_hint(pointer) + " (in the context " + context.name + ")");
    for (const config::StepOptions& step : options.steps)
      for (const auto& [edited, ignored] : step.set.items())
        if (edited == pointer || edited.starts_with(pointer + "/"))
          throw ConfigError(place, "the context " + context.name + " sets " + pointer + ", but the step " + step.name +
                                       " edits " + edited + ", which would be the same in all its rows");
    if (options.kind == ExperimentKind::comparison && pointer == "/model")
      throw ConfigError(
          place, "the context " + context.name + " sets /model as a whole, which would make all candidates the same");
  }
}

/// Whether rows of the two contexts, from these on, train to the same, one by one.
bool rows_train_alike(const DesignedExperiment& design, size_t first, size_t other) {
  for (size_t i = 0; i < design.rows_a_context(); ++i)
    if (!train_alike(design.row(first, i).configuration, design.row(other, i).configuration)) return false;
  return true;
}

}  // namespace

void check_contexts(const ExperimentOptions& options, const std::string& source) {
  if (options.contexts.empty()) return;
  if (!compares_row_by_row(options)) throw ConfigError({source, "/contexts"}, "go with " + row_by_row_text());
  check_names(options.contexts, source, "contexts");
  for (size_t i = 0; i < options.contexts.size(); ++i) check_edits(options, options.contexts[i], place_of(source, i));
}

void check_contexts_have_effect(const Experiment& experiment, const DesignedExperiment& design) {
  for (size_t c = 1; c < design.contexts.size(); ++c)
    for (size_t before = 0; before < c; ++before)
      if (rows_train_alike(design, before, c))
        throw ConfigError(place_of(experiment.source, c - 1),
                          "the context " + design.contexts[c].name + " changes nothing: every row trains as it does " +
                              (before == 0 ? as_written : "in the context " + design.contexts[before].name));
}

}  // namespace staircase::experiment
