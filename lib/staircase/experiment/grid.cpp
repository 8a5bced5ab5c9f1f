#include "staircase/experiment/grid.h"

#include <algorithm>
#include <map>
#include <set>

#include "staircase/base/text.h"
#include "staircase/experiment/subset_design.h"

namespace staircase::experiment {
namespace {

bool has_what_it_requires(const GridCell& cell, const std::string& base_name) {
  for (const config::StepOptions* step : cell)
    for (const std::string& name : step ? step->required_steps : std::vector<std::string>{}) {
      const bool there =
          std::any_of(cell.begin(), cell.end(), [&](const auto* each) { return each && each->name == name; });
      if (!there && name != base_name) return false;
    }
  return true;
}

std::set<std::string> pointers_of(const config::StepOptions& step) {
  std::set<std::string> pointers;
  for (const auto& [pointer, value] : step.set.items()) pointers.insert(pointer);
  return pointers;
}

void check_no_common_field(const std::vector<GridAxis>& axes, const std::string& source) {
  std::map<std::string, const config::StepOptions*> first;
  for (const GridAxis& axis : axes)
    for (const std::string& pointer : pointers_of(*axis.steps.back())) {
      const config::StepOptions* step = axis.steps.back();
      const auto [other, added] = first.emplace(pointer, step);
      if (!added)
        throw config::ConfigError({source, "/steps"},
                                  other->second->name + " and " + step->name + " both set " + pointer +
                                      " but not the same fields, so that a cell of /design grid with both would "
                                      "silently hold one of them; give them the same fields, or fields apart");
    }
}

}  // namespace

std::vector<GridAxis> grid_axes(const std::vector<config::StepOptions>& steps, const std::string& source) {
  std::vector<GridAxis> axes;
  for (const config::StepOptions& step : steps) {
    const auto same = [&](const GridAxis& axis) { return pointers_of(*axis.steps.back()) == pointers_of(step); };
    auto axis = std::find_if(axes.begin(), axes.end(), same);
    if (axis == axes.end()) {
      std::vector<std::string> in_order;
      for (const auto& [pointer, value] : step.set.items()) in_order.push_back(pointer);
      axis = axes.insert(axes.end(), {join(in_order, " "), {nullptr}});
    }
    axis->steps.push_back(&step);
  }
  check_no_common_field(axes, source);
  return axes;
}

std::vector<GridCell> grid_cells(const std::vector<GridAxis>& axes, const config::ExperimentOptions& options,
                                 const std::string& base_name, const std::string& source) {
  const std::string others = "use fewer steps";
  const size_t most_tried = 1000000;
  size_t combinations = 1;
  for (const GridAxis& axis : axes)
    if ((combinations *= axis.steps.size()) > most_tried)
      refuse_over_budget(options, source, combinations, true, others);
  std::vector<GridCell> cells;
  for (size_t number = 0; number < combinations; ++number) {
    GridCell cell;
    size_t rest = number, stride = combinations;
    for (const GridAxis& axis : axes) {
      stride /= axis.steps.size();
      cell.push_back(axis.steps[rest / stride]);
      rest %= stride;
    }
    if (has_what_it_requires(cell, base_name)) cells.push_back(std::move(cell));
  }
  if (cells.size() > static_cast<size_t>(options.max_configurations))
    refuse_over_budget(options, source, cells.size(), false, others);
  return cells;
}

}  // namespace staircase::experiment
