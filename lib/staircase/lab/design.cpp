#include "staircase/lab/design.h"

#include <algorithm>

#include "staircase/config/recipes.h"
#include "staircase/nn/plan.h"

namespace staircase::lab {
namespace {

using config::Configuration;
using config::ConfigError;
using config::Json;
using config::StepOptions;

/// A value as tables show it: a recipe by its name, a text without quotes.
Json shown_value(const Configuration& configuration, const std::string& pointer, const std::string& source) {
  if (pointer == "/recipe") return config::recipe_name(configuration.recipe);
  return config::get_field(configuration, pointer, source);
}

class Designer {
 public:
  Designer(const Experiment& experiment, int64_t classes, int64_t channels)
      : experiment_(experiment), source_(experiment.source), classes_(classes), channels_(channels) {
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
        if (experiment_.options.design == config::Design::grid) grid();
        else walk(experiment_.options.design == config::Design::cumulative);
    }
    return std::move(result_);
  }

 private:
  StepOptions single_row() const {
    StepOptions row;
    row.name = experiment_.options.name;
    return row;
  }

  Configuration with_step(Configuration configuration, const StepOptions& step) const {
    for (const auto& [pointer, value] : step.set.items())
      config::set_field(configuration, pointer, value, source_, model_reader());
    return configuration;
  }

  /// Overrides, the data's classes and channels, and the checks that need the whole configuration.
  Configuration finished(Configuration c, const std::string& row) const {
    try {
      // A part as a whole first, or it would undo the override of one of its fields.
      for (const bool whole : {true, false})
        for (const auto& [pointer, value] : experiment_.options.override_fields.items())
          if ((pointer.find('/', 1) == std::string::npos) == whole)
            config::set_field(c, pointer, value, source_, model_reader());
      take_from_data(c.model.num_classes, classes_, "num_classes", "classes");
      take_from_data(c.model.in_channels, channels_, "in_channels", "channels");
      config::check_recipe(c.recipe, {source_, "/recipe"});
      nn::count_layers(nn::plan_model(c.model, {source_, "/model"}), c.data.image_size_px, {source_, "/data/image_size_px"});
      return c;
    } catch (const RequestError& error) {
      throw RequestError(std::string(error.what()) + " (in the configuration " + row + ")");
    }
  }

  void take_from_data(int64_t& field, int64_t of_data, const char* name, const char* what) const {
    if (of_data == 0) return;
    if (field != 0 && field != of_data)
      throw ConfigError({source_, std::string("/model/") + name}, "found " + std::to_string(field) + ", but the data has " +
                                                                      std::to_string(of_data) + " " + what + "; 0 takes the data's");
    field = of_data;
  }

  size_t add(const StepOptions& step, const Configuration& configuration, std::optional<size_t> compared_to) {
    Variant variant;
    variant.name = step.name;
    variant.group = step.group;
    variant.side_branch = step.side_branch;
    variant.paper_top1 = step.paper_top1;
    variant.paper_std = step.paper_std;
    variant.compared_to = compared_to;
    variant.configuration = finished(configuration, step.name);
    if (compared_to)
      for (const auto& [pointer, value] : step.set.items())
        variant.changes.push_back({pointer, shown_value(result_.variants[*compared_to].configuration, pointer, source_),
                                   shown_value(variant.configuration, pointer, source_)});
    result_.variants.push_back(std::move(variant));
    return result_.variants.size() - 1;
  }

  void walk(bool cumulative) {
    Configuration carried = experiment_.base;
    size_t standing = add(base_step_, carried, std::nullopt);
    for (const StepOptions& step : steps_) {
      const Configuration stepped = with_step(cumulative ? carried : experiment_.base, step);
      const size_t row = add(step, stepped, cumulative ? standing : 0);
      if (!cumulative || step.side_branch) continue;
      carried = stepped;
      standing = row;
    }
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
    struct GridAxis {
      std::string pointer;
      std::vector<const StepOptions*> steps;  // null: the base's value
    };
    std::vector<GridAxis> axes;
    for (const StepOptions& step : steps_) {
      std::string key;
      for (const auto& [pointer, value] : step.set.items()) key += (key.empty() ? "" : " ") + pointer;
      auto axis = std::find_if(axes.begin(), axes.end(), [&](const GridAxis& each) { return each.pointer == key; });
      if (axis == axes.end()) axis = axes.insert(axes.end(), {key, {nullptr}});
      axis->steps.push_back(&step);
    }
    size_t cells = 1;
    const size_t most = 100000;
    for (const GridAxis& axis : axes)
      if ((cells *= axis.steps.size()) > most)
        throw ConfigError({source_, "/steps"}, "span a grid of more than " + std::to_string(most) + " configurations; use fewer steps");
    for (const GridAxis& axis : axes) result_.axes.push_back({axis.pointer, {}});
    for (size_t cell = 0; cell < cells; ++cell) {
      Configuration configuration = experiment_.base;
      StepOptions row;
      std::vector<std::string> names, values;
      size_t rest = cell, stride = cells;
      for (size_t a = 0; a < axes.size(); ++a) {
        stride /= axes[a].steps.size();
        const StepOptions* step = axes[a].steps[rest / stride];
        rest %= stride;
        if (step) {
          configuration = with_step(configuration, *step);
          for (const auto& [pointer, value] : step->set.items()) row.set[pointer] = value;
          names.push_back(step->name);
        }
        values.push_back(step ? step->name : base_value(axes[a].pointer));
      }
      row.name = names.empty() ? base_step_.name : join(names, "+");
      const size_t added = add(row, configuration, cell == 0 ? std::nullopt : std::optional<size_t>(0));
      result_.variants[added].cell = values;
    }
    for (size_t a = 0; a < axes.size(); ++a)
      for (const StepOptions* step : axes[a].steps)
        result_.axes[a].values.push_back(step ? step->name : base_value(axes[a].pointer));
  }

  /// "batch (base)": what the base holds there.
  std::string base_value(const std::string& pointers) const {
    if (pointers.find(' ') != std::string::npos) return base_step_.name;
    const Json value = shown_value(experiment_.base, pointers, source_);
    return (value.is_string() ? value.get<std::string>() : value.dump()) + " (base)";
  }

  const Experiment& experiment_;
  const std::string& source_;
  int64_t classes_, channels_;
  StepOptions base_step_;
  std::vector<StepOptions> steps_;
  DesignedExperiment result_;
};

}  // namespace

DesignedExperiment design_variants(const Experiment& experiment, int64_t classes, int64_t channels) {
  return Designer(experiment, classes, channels).run();
}

}  // namespace staircase::lab
