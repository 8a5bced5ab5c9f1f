#include "staircase/runs/data_shape.h"

#include <algorithm>

#include "staircase/base/counted.h"

namespace staircase::runs {
namespace {

using config::DataContent;
using config::Json;

void check_pair(const std::filesystem::path& folder, const DataContent* there, const DataContent* here) {
  if (!there || !here) return;
  const std::string change = describe_change(*there, *here);
  if (change.empty()) return;
  throw RequestError(here->path + ": is not the data that the runs in " + folder.string() +
                     " were trained on: " + change + "; use another --out");
}

}  // namespace

Json write_data_shape(const DataShape& shape) {
  Json sets = Json::array();
  for (const DataContent& set : shape.sets) sets.push_back(write_data_content(set));
  Json written = {{"classes", shape.classes}, {"channels", shape.channels}, {"sets", sets}};
  for (const experiment::DataNumbers& each : shape.contexts)
    written["contexts"].push_back({each.classes, each.channels});
  return written;
}

DataShape read_data_shape(const Json& value, const std::string& file) {
  const auto number = [&](const char* key) {
    if (!value.is_object() || !value.contains(key) || !value.at(key).is_number_integer())
      throw RequestError(file + ": /data_has is missing, so it was not written by a run");
    return value.at(key).get<int64_t>();
  };
  DataShape shape{number("classes"), number("channels"), {}};
  const Json sets = value.value("sets", Json::array());
  const config::Place place{file, "/data_has/sets"};
  if (!sets.is_array()) config::detail::refuse(sets, place, "a list");
  for (size_t i = 0; i < sets.size(); ++i) shape.sets.push_back(config::read_data_content(sets[i], place.at(i)));
  for (const Json& each : value.value("contexts", Json::array())) {
    if (!each.is_array() || each.size() != 2 || !each[0].is_number_integer() || !each[1].is_number_integer())
      config::detail::refuse(each, {file, "/data_has/contexts"}, "pairs of classes and channels");
    shape.contexts.push_back({each[0].get<int64_t>(), each[1].get<int64_t>()});
  }
  return shape;
}

namespace {

config::DataOptions data_after(const experiment::Experiment& experiment, const std::vector<const Json*>& edits) {
  config::Configuration configuration = experiment.base;
  for (const Json* each : edits)
    for (const auto& [pointer, value] : each->items())
      if (pointer.starts_with("/data"))
        config::set_field(configuration, pointer, value, experiment.source, experiment::model_reader());
  return configuration.data;
}

}  // namespace

config::DataOptions data_of(const experiment::Experiment& experiment, const Json& edits) {
  return data_after(experiment, {&edits, &experiment.options.override_fields});
}

config::DataOptions data_in_context(const experiment::Experiment& experiment, const config::ContextOptions& context) {
  return data_after(experiment, {&experiment.options.override_fields, &context.set});
}

experiment::DesignedExperiment design_with(const experiment::Experiment& experiment, const DataShape& shape) {
  return experiment::design_variants(experiment, shape.classes, shape.channels, shape.contexts);
}

void check_same_data(const std::filesystem::path& folder, const experiment::Experiment& there,
                     const DataShape& shape_there, const experiment::Experiment& here, const DataShape& shape_here) {
  const auto check = [&](const config::DataOptions& options_there, const config::DataOptions& options_here) {
    check_pair(folder, find_content(shape_there.sets, options_there), find_content(shape_here.sets, options_here));
  };
  check(data_of(there), data_of(here));
  for (const config::StepOptions& step : there.steps)
    for (const config::StepOptions& other : here.steps)
      if (other.name == step.name) check(data_of(there, step.set), data_of(here, other.set));
  for (const config::ContextOptions& context : there.options.contexts)
    for (const config::ContextOptions& other : here.options.contexts)
      if (other.name == context.name) check(data_in_context(there, context), data_in_context(here, other));
  const auto say = [](const DataShape& shape) {
    return counted(shape.classes, "class", "classes") + " and " + counted(shape.channels, "channel");
  };
  if (shape_there.classes != shape_here.classes || shape_there.channels != shape_here.channels)
    throw RequestError(folder.string() + ": its data have " + say(shape_there) + " there and " + say(shape_here) +
                       " here; use another --out");
}

DataShape join_shapes(const DataShape& there, DataShape here) {
  std::vector<DataContent> older;
  for (const DataContent& set : there.sets) {
    const bool opened = std::any_of(here.sets.begin(), here.sets.end(), [&](const DataContent& other) {
      return (other.kind == set.kind && other.path == set.path) || describe_change(other, set).empty();
    });
    if (!opened) older.push_back(set);
  }
  here.sets.insert(here.sets.end(), older.begin(), older.end());
  return here;
}

}  // namespace staircase::runs
