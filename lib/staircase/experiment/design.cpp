#include "staircase/experiment/design.h"

#include <algorithm>
#include <set>

#include "staircase/experiment/contexts.h"
#include "staircase/experiment/edits.h"
#include "staircase/experiment/grid.h"

namespace staircase::experiment {
namespace {

using config::ConfigError;
using config::Configuration;
using config::Json;
using config::StepOptions;

class Designer {
 public:
  /// `context`: null, as written.
  Designer(const Experiment& experiment, DataNumbers data, const config::ContextOptions* context)
      : experiment_(experiment), source_(experiment.source), edits_(experiment, data, context) {
    // A first step that sets nothing only names the base.
    if (!experiment.steps.empty() && experiment.steps[0].set.empty()) {
      base_step_ = experiment.steps[0];
      steps_.assign(experiment.steps.begin() + 1, experiment.steps.end());
    } else {
      base_step_.name = "base";
      steps_ = experiment.steps;
    }
  }

  DesignedExperiment run() {
    switch (experiment_.options.kind) {
      case config::ExperimentKind::single: add(single_row(), experiment_.base, std::nullopt); break;
      case config::ExperimentKind::comparison: comparison(); break;
      case config::ExperimentKind::ablation:
        check_subset_steps(experiment_.options.design, steps_, source_);
        if (experiment_.options.design == config::Design::grid) grid();
        else if (experiment_.options.design == config::Design::cumulative) walk();
        else switch_subsets();
    }
    return std::move(result_);
  }

 private:
  StepOptions single_row() const {
    StepOptions row;
    row.name = experiment_.options.name;
    return row;
  }

  size_t add(const StepOptions& step, const Configuration& configuration, std::optional<size_t> compared_to) {
    Variant variant;
    variant.name = step.name;
    variant.group = step.group;
    variant.side_branch = step.side_branch;
    variant.paper_top1 = step.paper_top1;
    variant.paper_std = step.paper_std;
    variant.compared_to = compared_to;
    variant.configuration = edits_.finished(configuration, step.name);
    if (compared_to)
      for (const auto& [pointer, value] : step.set.items())
        variant.changes.push_back({pointer, shown_value(result_.variants[*compared_to].configuration, pointer, source_),
                                   shown_value(variant.configuration, pointer, source_)});
    result_.variants.push_back(std::move(variant));
    return result_.variants.size() - 1;
  }

  void walk() {
    check_order();
    Configuration carried = experiment_.base;
    size_t standing = add(base_step_, carried, std::nullopt);
    for (const StepOptions& step : steps_) {
      const Configuration stepped = edits_.with_steps(carried, {&step});
      const size_t row = add(step, stepped, standing);
      if (step.side_branch) continue;
      carried = stepped;
      standing = row;
    }
  }

  /// The order of a walk is that of the file, so what a step requires has to stand before it and be carried on.
  void check_order() const {
    std::set<std::string> carried{base_step_.name};
    for (const StepOptions& step : steps_) {
      for (const std::string& name : step.required_steps)
        if (!carried.count(name))
          throw ConfigError({source_, "/steps"}, "the step " + step.name + " requires " + name +
                                                     ", which is not carried on before it; /design cumulative "
                                                     "takes the steps in the order of the file");
      if (!step.side_branch) carried.insert(step.name);
    }
  }

  /// one_at_a_time, leave_one_out, pairwise, shapley.
  void switch_subsets() {
    result_.requirements = requirements_of(steps_, source_);
    const SubsetDesign design =
        design_subsets(experiment_.options, steps_, result_.requirements, base_step_.name, source_);
    result_.orders = design.orders;
    for (const SubsetRow& row : design.rows) {
      const StepOptions shown = shown_step(row, design);
      const size_t added = add(shown, with_subset(row.subset), row.compared_to);
      result_.variants[added].subset = row.subset;
    }
    add_designed_steps();
  }

  void add_designed_steps() {
    for (const StepOptions& step : steps_) {
      const Configuration stepped = edits_.with_steps(experiment_.base, {&step});
      DesignedStep designed{step.name, step.group, {}};
      for (const auto& [pointer, value] : step.set.items())
        designed.changes.push_back(
            {pointer, shown_value(experiment_.base, pointer, source_), shown_value(stepped, pointer, source_)});
      result_.steps.push_back(designed);
    }
  }

  /// What the row's table line says: the step that it is there for, or all fields in which it differs.
  StepOptions shown_step(const SubsetRow& row, const SubsetDesign& design) const {
    if (row.subset == 0 && !row.compared_to) return base_step_;
    StepOptions shown;
    if (row.step && experiment_.options.design != config::Design::leave_one_out) shown = steps_[*row.step];
    shown.name = row.name;
    shown.set = Json::object();
    const Subset differ = row.compared_to ? row.subset ^ design.rows[*row.compared_to].subset : 0;
    for (size_t i = 0; i < steps_.size(); ++i)
      if (holds(differ, i))
        for (const auto& [pointer, value] : steps_[i].set.items()) shown.set[pointer] = value;
    return shown;
  }

  Configuration with_subset(Subset subset) const {
    std::vector<const StepOptions*> on;
    for (size_t i = 0; i < steps_.size(); ++i)
      if (holds(subset, i)) on.push_back(&steps_[i]);
    return edits_.with_steps(experiment_.base, on);
  }

  void comparison() {
    for (const config::CandidateOptions& candidate : experiment_.options.candidates) {
      Configuration configuration = experiment_.base;
      StepOptions row;
      row.name = candidate.name;
      config::set_field(configuration, "/model", candidate.model, source_, model_reader());
      const bool first = result_.variants.empty();
      add(row, configuration, first ? std::nullopt : std::optional<size_t>(0));
    }
  }

  /// Every combination: on each axis the base's value, or one of the steps that set its pointers.
  void grid() {
    const std::vector<GridAxis> axes = grid_axes(steps_, source_);
    const auto value_name = [&](size_t axis, const StepOptions* step) {
      return step ? step->name : base_value(axes[axis]);
    };
    // Then a cell is a subset of the steps, and an axis is a step.
    const bool two_valued = axes.size() >= 2 && std::all_of(axes.begin(), axes.end(), [](const GridAxis& axis) {
                              return axis.steps.size() == 2;
                            });
    if (two_valued) result_.requirements = requirements_of(steps_, source_);
    for (const GridCell& cell : grid_cells(axes, experiment_.options, base_step_.name, source_)) {
      StepOptions row;
      std::vector<const StepOptions*> on;
      std::vector<std::string> names, values;
      Subset subset = 0;
      for (size_t a = 0; a < axes.size(); ++a) {
        values.push_back(value_name(a, cell[a]));
        if (!cell[a]) continue;
        if (two_valued) subset |= only(a);
        on.push_back(cell[a]);
        for (const auto& [pointer, value] : cell[a]->set.items()) row.set[pointer] = value;
        names.push_back(cell[a]->name);
      }
      row.name = names.empty() ? base_step_.name : join(names, "+");
      const size_t added =
          add(row, edits_.with_steps(experiment_.base, on), names.empty() ? std::nullopt : std::optional<size_t>(0));
      result_.variants[added].cell = values;
      if (two_valued) result_.variants[added].subset = subset;
    }
    if (two_valued) add_designed_steps();
    for (size_t a = 0; a < axes.size(); ++a) {
      result_.axes.push_back({axes[a].pointer, {}});
      for (const StepOptions* step : axes[a].steps) result_.axes[a].values.push_back(value_name(a, step));
    }
  }

  /// "batch (base)": what the base holds there.
  std::string base_value(const GridAxis& axis) const {
    if (axis.pointer.find(' ') != std::string::npos) return base_step_.name;
    Json value;
    within_step(experiment_, axis.steps.back()->name,
                [&] { value = shown_value(experiment_.base, axis.pointer, source_); });
    return (value.is_string() ? value.get<std::string>() : value.dump()) + " (base)";
  }

  const Experiment& experiment_;
  const std::string& source_;
  Edits edits_;
  StepOptions base_step_;
  std::vector<StepOptions> steps_;
  DesignedExperiment result_;
};

/// Adds the rows of a context behind those of the others.
void append_context(DesignedExperiment& all, DesignedExperiment rows, const Json& set, const std::string& name,
                    const std::string& source) {
  const size_t first = all.variants.size();
  DesignedContext context{name, {}};
  for (const auto& [pointer, value] : set.items())
    context.changes.push_back({pointer, shown_value(all.variants[0].configuration, pointer, source),
                               shown_value(rows.variants[0].configuration, pointer, source)});
  for (Variant& row : rows.variants) {
    row.name = name + "/" + row.name;
    row.context = all.contexts.size();
    if (row.compared_to) *row.compared_to += first;
    all.variants.push_back(std::move(row));
  }
  all.contexts.push_back(std::move(context));
}

/// Rows that are trained for different tasks have no number to be compared by.
void check_one_task(const DesignedExperiment& design, const std::string& source) {
  const auto task_of = [](const Variant& row) { return config::to_name(row.configuration.recipe.task); };
  const Variant& first = design.variants.at(0);
  for (const Variant& row : design.variants)
    if (task_of(row) != task_of(first))
      throw config::ConfigError({source, "/recipe/task"},
                                "is " + std::string(task_of(row)) + " in the row " + row.name + " and " +
                                    std::string(task_of(first)) + " in " + first.name +
                                    ": rows of different tasks cannot be compared; use an experiment for each");
}

}  // namespace

DesignedExperiment design_variants(const Experiment& experiment, int64_t classes, int64_t channels,
                                   const std::vector<DataNumbers>& of_contexts) {
  DesignedExperiment design = Designer(experiment, {classes, channels}, nullptr).run();
  const std::vector<config::ContextOptions>& contexts = experiment.options.contexts;
  if (!contexts.empty()) design.contexts.push_back({as_written, {}});
  for (size_t i = 0; i < contexts.size(); ++i) {
    const DataNumbers data = i < of_contexts.size() ? of_contexts[i] : DataNumbers{classes, channels};
    append_context(design, Designer(experiment, data, &contexts[i]).run(), contexts[i].set, contexts[i].name,
                   experiment.source);
  }
  check_one_task(design, experiment.source);
  return design;
}

}  // namespace staircase::experiment
