#include "staircase/plan/path.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "staircase/base/errors.h"
#include "staircase/config/codec.h"

namespace staircase::plan {
namespace {

using config::Difference;
using config::Json;

const std::string model_prefix = "/model/";

ModelOptions edited(const ModelOptions& model, const std::string& pointer, const Json& value) {
  return config::read_options<ModelOptions>({{pointer.substr(model_prefix.size()), value}}, {"", "/model"}, model);
}

std::optional<ModelPlan> plan_if_valid(const ModelOptions& model) {
  try {
    return plan_model(model);
  } catch (const config::ConfigError&) {
    return std::nullopt;
  }
}

/// A network with its plan, so that each is planned once.
struct Place {
  ModelOptions model;
  ModelPlan plan;
};

bool same_place(const Place& a, const Place& b) {
  return a.model.initialization == b.model.initialization && a.plan == b.plan;
}

/// Gives fields that mean nothing to a network the value that they have at the walk's end.
Place without_idle_differences(Place at, const ModelOptions& to) {
  for (const Difference& each : config::diff_options(at.model, to)) {
    const ModelOptions candidate = edited(at.model, each.pointer, each.b);
    const auto plan = plan_if_valid(candidate);
    if (plan && same_place({candidate, *plan}, at)) at.model = candidate;
  }
  return at;
}

struct Edit {
  Difference difference;
  Place reached;
};

/// Detours, taken where no edit leads on: a list of widths, which only as many stages take, begins or ends as its first;
/// a position embedding that goes with neither side goes away first.
std::vector<Difference> detours(const ModelOptions& at, const ModelOptions& to) {
  const Json width = config::Codec<config::StageWidths>::write(at.width);
  std::vector<Difference> all;
  if (to.width.is_list()) all.push_back({model_prefix + "width", width, to.width.values.front()});
  if (at.width.is_list()) all.push_back({model_prefix + "width", width, at.width.values.front()});
  all.push_back({model_prefix + "position_embedding", std::string(to_name(at.position_embedding)), "none"});
  return all;
}

/// The edits that lead towards the end and can be made here, in the order of the field list; else the detours.
std::vector<Edit> possible_edits(const Place& at, const ModelOptions& to) {
  std::vector<Edit> edits;
  const auto consider = [&](const Difference& each) {
    const ModelOptions candidate = edited(at.model, each.pointer, each.b);
    auto plan = plan_if_valid(candidate);
    if (plan && !same_place({candidate, *plan}, at)) edits.push_back({each, {candidate, std::move(*plan)}});
  };
  for (const Difference& each : config::diff_options(at.model, to)) consider(each);
  if (edits.empty())
    for (const Difference& each : detours(at.model, to)) consider(each);
  return edits;
}

PathStep step_of(const Edit& edit) {
  return {edit.difference.pointer, edit.difference.a, edit.difference.b, edit.reached.model,
          count_model(edit.reached.model)};
}

constexpr size_t longest_path = 64;

[[noreturn]] void refuse(const ModelOptions& stuck, const ModelOptions& to) {
  std::vector<std::string> fields;
  for (const Difference& each : config::diff_options(stuck, to)) fields.push_back(each.pointer);
  throw RequestError("no single edits lead from one network to the other; what is left cannot be changed one by one: " +
                     join(fields));
}

std::vector<PathStep> in_field_order(Place at, const Place& end) {
  std::vector<PathStep> steps;
  while (!same_place(at, end)) {
    std::vector<Edit> edits = possible_edits(at, end.model);
    if (edits.empty() || steps.size() == longest_path) refuse(at.model, end.model);
    steps.push_back(step_of(edits.front()));
    at = std::move(edits.front().reached);
  }
  return steps;
}

/// A walk on its way, with how far it left the range between both ends: at most, and in sum over its steps.
struct Walk {
  Place at;
  int64_t macs = 0;
  std::vector<PathStep> steps;
  double farthest = 0.0, sum = 0.0;

  auto cost() const { return std::make_tuple(farthest, sum, steps.size()); }
};

/// Both ends of a walk.
struct Range {
  double low, high;

  Range(int64_t one, int64_t other)
      : low(static_cast<double>(std::min(one, other))), high(static_cast<double>(std::max(one, other))) {}
  /// How far a cost lies outside, as the logarithm of a ratio.
  double outside(int64_t macs) const {
    const auto cost = static_cast<double>(macs);
    return std::max({0.0, std::log(cost / high), std::log(low / cost)});
  }
};

/// The walk with each edit that can be made now; an edit that costs nothing is made at once, before all others.
std::vector<Walk> one_edit_further(const Walk& walk, const Place& end, const Range& range) {
  std::vector<Walk> all;
  for (Edit& edit : possible_edits(walk.at, end.model)) {
    PathStep step = step_of(edit);
    const int64_t macs = step.counts.all_macs();
    const double outside = range.outside(macs);
    Walk longer{std::move(edit.reached), macs, walk.steps, std::max(walk.farthest, outside), walk.sum + outside};
    longer.steps.push_back(std::move(step));
    if (longer.macs == walk.macs) return {std::move(longer)};
    all.push_back(std::move(longer));
  }
  return all;
}

/// Adds a walk to those that are as long; of two that are at one place the cheaper stays.
void keep(std::vector<Walk>& walks, Walk walk) {
  const auto twin =
      std::find_if(walks.begin(), walks.end(), [&](const Walk& each) { return each.at.model == walk.at.model; });
  if (twin == walks.end()) walks.push_back(std::move(walk));
  else if (walk.cost() < twin->cost()) *twin = std::move(walk);
}

std::vector<PathStep> by_macs(const Place& start, const Place& end) {
  const int64_t macs = count_model(start.model).all_macs();
  const Range range(macs, count_model(end.model).all_macs());
  std::optional<Walk> best;
  std::vector<Walk> walks{{start, macs, {}}};
  for (size_t length = 0; length < longest_path && !walks.empty(); ++length) {
    std::vector<Walk> next;
    for (Walk& walk : walks) {
      if (best && walk.cost() >= best->cost()) continue;
      if (same_place(walk.at, end)) best = std::move(walk);
      else
        for (Walk& longer : one_edit_further(walk, end, range)) keep(next, std::move(longer));
    }
    walks = std::move(next);
  }
  return best ? best->steps : in_field_order(start, end);
}

}  // namespace

bool same_network(const ModelOptions& a, const ModelOptions& b) {
  return a.initialization == b.initialization && plan_model(a) == plan_model(b);
}

NetworkPath find_path(const ModelOptions& from, const ModelOptions& to, PathOrder order) {
  const Place start = without_idle_differences({from, plan_model(from)}, to), end{to, plan_model(to)};
  NetworkPath path{start.model, count_model(start.model), {}};
  path.steps = order == PathOrder::macs ? by_macs(start, end) : in_field_order(start, end);
  return path;
}

}  // namespace staircase::plan
