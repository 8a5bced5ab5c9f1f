#include "staircase/experiment/experiment_checks.h"

#include <set>

#include "staircase/base/text.h"
#include "staircase/experiment/contexts.h"
#include "staircase/experiment/names.h"
#include "staircase/experiment/pointer_hint.h"
#include "staircase/experiment/requirements.h"

namespace staircase::experiment {
namespace {

using config::ConfigError;
using config::ExperimentKind;
using config::ExperimentOptions;
using config::Json;
using config::Place;
using config::StepOptions;

/// `pointers`: what a step sets that says no reason to set several fields. The recipe as a whole counts as one.
void check_one_change(const std::string& step, const std::vector<std::string>& pointers, const Place& place) {
  const std::string rule = "; a step changes one, or says why in \"bundle\"";
  if (pointers.size() > 1)
    throw ConfigError(place, "the step " + step + " changes " + std::to_string(pointers.size()) + " fields (" +
                                 join(pointers) + ")" + rule);
  for (const std::string& pointer : pointers)
    if (config::is_whole_part(pointer) && pointer != "/recipe")
      throw ConfigError(
          place, "the step " + step + " replaces " + pointer + " as a whole, which counts as several fields" + rule);
}

/// A step sets one field, or says why it sets several.
void check_steps(const Experiment& experiment) {
  const ExperimentOptions& options = experiment.options;
  const std::string& source = experiment.source;
  check_names(options.steps, source, "steps");
  for (size_t i = 0; i < options.steps.size(); ++i) {
    const StepOptions& step = options.steps[i];
    const Place place{source, experiment.step_place(step.name)};
    if (!step.set.is_object()) config::detail::refuse(step.set, place, "an object of pointer to value");
    std::vector<std::string> pointers;
    for (const auto& [pointer, value] : step.set.items()) {
      if (!config::is_configuration_pointer(pointer))
        throw ConfigError(place.at(pointer), "a step sets fields under /model, /recipe, /data or /init" +
                                                 pointer_hint(pointer) + " (in the step " + step.name + ")");
      pointers.push_back(pointer);
    }
    if (pointers.empty() && i > 0)
      throw ConfigError(place, "the step " + step.name + " sets nothing; only a first step may, to name the base");
    if (step.bundle.empty()) check_one_change(step.name, pointers, place);
  }
}

/// The row of the base is called "base", unless a first step names it or, in leave_one_out, there is none.
void check_base_name(const ExperimentOptions& options, const std::string& source) {
  const bool named = !options.steps.empty() && options.steps[0].set.empty();
  if (named || options.design == config::Design::leave_one_out) return;
  for (size_t i = 0; i < options.steps.size(); ++i)
    if (options.steps[i].name == "base")
      throw ConfigError(Place{source, "/steps"}.at(i).at("name"),
                        "\"base\" is the row that the steps start from; use another name, or name that row by a first "
                        "step that sets nothing");
}

void check_overrides(const ExperimentOptions& options, const std::string& source) {
  const Place place{source, "/override"};
  if (!options.override_fields.is_object())
    config::detail::refuse(options.override_fields, place, "an object of pointer to value");
  for (const auto& [pointer, value] : options.override_fields.items()) {
    if (!config::is_configuration_pointer(pointer))
      throw ConfigError(place.at(pointer),
                        "an override sets fields under /model, /recipe, /data or /init" + pointer_hint(pointer));
    for (const StepOptions& step : options.steps)
      for (const auto& [edited, ignored] : step.set.items())
        if (edited == pointer || edited.starts_with(pointer + "/"))
          throw ConfigError({source, pointer}, "is overridden, but the step " + step.name + " edits " + edited);
  }
}

void check_kind(const ExperimentOptions& o, const std::string& source) {
  const auto refuse = [&](const char* field, const std::string& why) { throw ConfigError({source, field}, why); };
  const bool ablation = o.kind == ExperimentKind::ablation, comparison = o.kind == ExperimentKind::comparison;
  if (ablation && o.steps.empty()) refuse("/steps", "an ablation needs steps, or a ladder");
  if (!ablation && !o.steps.empty()) refuse("/steps", "go only with /kind ablation");
  if (comparison && o.candidates.size() < 2) refuse("/candidates", "a comparison needs at least two");
  if (!comparison && !o.candidates.empty()) refuse("/candidates", "go only with /kind comparison");
  if (comparison && o.base.contains("model"))
    refuse("/model", "a comparison's base has no model: its candidates are the models");
  if (comparison)
    for (const auto& [pointer, value] : o.override_fields.items())
      if (pointer == "/model") refuse("/model", "is overridden as a whole, which would make all candidates the same");
  std::set<int64_t> seeds;
  for (int64_t seed : o.seeds)
    if (!seeds.insert(seed).second) refuse("/seeds", "holds " + std::to_string(seed) + " twice");
}

}  // namespace

void check_candidates(const Json& content, const std::string& source) {
  const auto list = content.find("candidates");
  if (list == content.end() || !list->is_array()) return;
  for (size_t i = 0; i < list->size(); ++i) {
    if (!(*list)[i].is_object()) continue;
    for (const auto& [key, value] : (*list)[i].items())
      if (key == "recipe" || key == "data" || key == "init" || key == "seeds")
        throw ConfigError(Place{source, "/candidates"}.at(i).at(key),
                          "candidates differ in /model alone; /" + key + " stands once, in base, for all");
  }
}

void check_experiment(const Experiment& experiment) {
  const ExperimentOptions& options = experiment.options;
  const std::string& source = experiment.source;
  check_kind(options, source);
  check_names(options.candidates, source, "candidates");
  check_steps(experiment);
  check_base_name(options, source);
  check_requirements(options.steps, source);
  check_overrides(options, source);
  check_contexts(options, source);
}

}  // namespace staircase::experiment
