#include "staircase/experiment/pilot.h"

#include <algorithm>

#include "staircase/experiment/design.h"
#include "staircase/experiment/looks.h"

namespace staircase::experiment {
namespace {

bool is_a_a_check(const config::StepOptions& step) { return step.set.size() == 1 && step.set.contains(a_a_field); }

/// The step that names the base, where there is one, and the first that needs no other and tells of a difference.
std::vector<config::StepOptions> first_step(const Experiment& experiment) {
  const std::vector<config::StepOptions>& steps = experiment.steps;
  std::vector<config::StepOptions> kept;
  if (steps[0].set.empty()) kept.push_back(steps[0]);
  const auto first = std::find_if(
      steps.begin() + static_cast<long>(kept.size()), steps.end(),
      [](const config::StepOptions& step) { return step.required_steps.empty() && !is_a_a_check(step); });
  if (first == steps.end())
    throw config::ConfigError({experiment.source, "/steps"},
                              "there is no difference to look for: every step needs another or is an A/A check");
  kept.push_back(*first);
  return kept;
}

}  // namespace

Experiment pilot_of(const Experiment& experiment) {
  Experiment pilot = experiment;
  config::ExperimentOptions& options = pilot.options;
  if (options.kind == config::ExperimentKind::single)
    throw config::ConfigError({experiment.source, "/kind"}, "single trains one configuration: there is no difference");
  options.name += "-pilot";
  options.contexts.clear();
  options.until.reset();
  options.seeds = extended_seeds(options.seeds, pilot_seeds);
  options.seeds.resize(static_cast<size_t>(pilot_seeds));
  if (options.kind == config::ExperimentKind::comparison) {
    options.candidates.resize(2);
    return pilot;
  }
  options.steps = pilot.steps = first_step(experiment);
  if (options.design != config::Design::cumulative) options.design = config::Design::one_at_a_time;
  return pilot;
}

}  // namespace staircase::experiment
