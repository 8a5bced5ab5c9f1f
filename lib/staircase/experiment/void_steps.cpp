#include "staircase/experiment/void_steps.h"

#include <algorithm>
#include <map>

#include "staircase/base/text.h"
#include "staircase/config/recipes.h"
#include "staircase/experiment/unread_fields.h"

namespace staircase::experiment {
namespace {

using config::Configuration;
using config::Json;
using config::StepOptions;

/// Two rows between which a step makes the difference.
struct Context {
  const Configuration *without, *with;
};

/// Where a design shows what each step does, by the step's name.
using Contexts = std::map<std::string, std::vector<Context>>;

/// In a walk a row is its step.
Contexts of_rows(const DesignedExperiment& design) {
  Contexts contexts;
  for (const Variant& row : design.variants)
    if (row.compared_to && row.context == 0)
      contexts[row.name].push_back({&design.variants[*row.compared_to].configuration, &row.configuration});
  return contexts;
}

/// All pairs of rows that differ in one step; where leave_one_out takes more away with a step, that row and the full.
Contexts of_subsets(const DesignedExperiment& design) {
  std::map<Subset, const Configuration*> rows;  // small ones first, which messages speak of
  for (const Variant& row : design.variants)
    if (row.context == 0) rows[row.subset.value()] = &row.configuration;
  Contexts contexts;
  for (size_t i = 0; i < design.steps.size(); ++i) {
    std::vector<Context>& its = contexts[design.steps[i].name];
    for (const auto& [subset, with] : rows)
      if (const auto without = rows.find(subset & ~only(i)); holds(subset, i) && without != rows.end())
        its.push_back({without->second, with});
    const Contrast removed = removed_from_full(design.requirements, i);
    if (its.empty() && rows.count(removed.without) && rows.count(removed.with))
      its.push_back({rows.at(removed.without), rows.at(removed.with)});
  }
  return contexts;
}

/// All pairs of cells of which one has the base's value where the other has the step's.
Contexts of_cells(const DesignedExperiment& design) {
  std::map<std::vector<std::string>, const Configuration*> cells;
  for (const Variant& row : design.variants) cells[row.cell] = &row.configuration;
  Contexts contexts;
  for (const auto& [cell, with] : cells)
    for (size_t a = 0; a < design.axes.size(); ++a) {
      const Axis& axis = design.axes[a];
      if (cell[a] == axis.values[0]) continue;
      std::vector<std::string> base = cell;
      base[a] = axis.values[0];
      if (const auto without = cells.find(base); without != cells.end())
        contexts[cell[a]].push_back({without->second, with});
    }
  return contexts;
}

Contexts contexts_of(const config::ExperimentOptions& options, const DesignedExperiment& design) {
  if (options.design == config::Design::grid) return of_cells(design);
  return is_subset_design(options.design) ? of_subsets(design) : of_rows(design);
}

bool is_overridden(const config::ExperimentOptions& options, const std::string& field) {
  const Json& edits = options.override_fields;
  return edits.contains(field) || edits.contains(field.substr(0, field.rfind('/')));
}

std::string shown(const Json& value) {
  return value.is_string() && value != "" ? value.get<std::string>() : value.dump();
}

/// "/model/activation is relu already".
std::string reason(const Experiment& experiment, const std::string& field, const Context& context) {
  if (field == "/recipe" && context.with->recipe == context.without->recipe)
    return field + " is " + config::recipe_name(context.with->recipe) + " already";
  if (config::is_whole_part(field)) return field + " gives what is there already";
  const Json value = config::get_field(*context.with, field, experiment.source);
  if (value == config::get_field(*context.without, field, experiment.source))
    return field + " is " + shown(value) + " already";
  const auto unread = why_unread(*context.with, field);
  if (!unread) return field + " " + shown(value) + " gives the same, layer by layer and step by step";
  std::vector<std::string> by_override;
  for (const std::string& deciding : unread->deciding)
    if (is_overridden(experiment.options, deciding)) by_override.push_back(deciding);
  return field + " " + unread->text + (by_override.empty() ? "" : " (/override sets " + join(by_override) + ")");
}

[[noreturn]] void refuse(const Experiment& experiment, const StepOptions& step, const Context& context) {
  std::vector<std::string> reasons;
  for (const auto& [field, ignored] : step.set.items()) reasons.push_back(reason(experiment, field, context));
  throw config::ConfigError({experiment.source, experiment.step_place(step.name)},
                            "the step " + step.name + " changes nothing wherever /design " +
                                std::string(config::to_name(experiment.options.design)) +
                                " takes it: " + join(reasons, "; "));
}

}  // namespace

void check_steps_have_effect(const Experiment& experiment, const DesignedExperiment& design,
                             const std::set<std::string>& known) {
  if (experiment.options.kind != config::ExperimentKind::ablation) return;
  const Contexts contexts = contexts_of(experiment.options, design);
  for (const StepOptions& step : experiment.steps) {
    const auto found = contexts.find(step.name);
    if (step.set.empty() || known.count(step.name) || found == contexts.end()) continue;
    const std::vector<Context>& its = found->second;
    const bool changes = std::any_of(its.begin(), its.end(),
                                     [&](const Context& each) { return !train_alike(*each.without, *each.with); });
    if (!changes && !its.empty()) refuse(experiment, step, its.front());
  }
}

}  // namespace staircase::experiment
