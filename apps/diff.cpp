#include <algorithm>
#include <filesystem>
#include <iostream>

#include "arguments.h"
#include "console.h"
#include "staircase/config/naming.h"
#include "staircase/experiment/experiment_file.h"
#include "staircase/plan/named_models.h"
#include "staircase/report/trained.h"
#include "staircase/runs/ledger.h"
#include "staircase/runs/run_weights.h"

namespace staircase::apps {
namespace {

using config::Json;

enum class Kind { model, experiment, run, folder };

const char* to_text(Kind kind) {
  switch (kind) {
    case Kind::model: return "a model";
    case Kind::experiment: return "an experiment";
    case Kind::run: return "a run";
    default: return "a folder of results";
  }
}

/// One side of a comparison, as resolved.
struct Side {
  std::string argument;
  Kind kind = Kind::model;
  Json fields;                 ///< but of a folder
  report::Trained trained;     ///< of a folder
  std::vector<int64_t> seeds;  ///< of a folder
  int64_t threads = 0;         ///< of a folder
};

/// The fields of the base stand beside those of the experiment.
Json experiment_fields(const experiment::Experiment& experiment) {
  Json whole = experiment::write_experiment(experiment);
  const Json base = whole["base"];
  whole.erase("base");
  whole.update(base);
  return whole;
}

Side read_folder(const std::string& argument) {
  const auto [experiment, shape] = runs::Ledger(argument).read_experiment_file();
  return {
      argument, Kind::folder, {}, report::trained_rows(argument), experiment.options.seeds, experiment.options.threads};
}

Side read_side(const std::string& argument) {
  std::error_code ignored;
  if (std::filesystem::is_directory(argument, ignored)) return read_folder(argument);
  const std::string file = runs::find_config(argument).string();  // of a run that is named DIR:ROW@SEED
  if (file.ends_with(".json")) {
    const Json content = config::read_json_file(file);
    if (plan::is_experiment(content)) {
      // experiment.json of a folder says more than an experiment.
      const bool stored = content.contains("data_has");
      return {argument, Kind::experiment,
              experiment_fields(stored ? experiment::read_stored_experiment(argument, {"data_has"}).experiment
                                       : experiment::read_experiment(argument))};
    }
    if (plan::is_run_config(content)) {
      Json fields = config::with_frozen_defaults(content["configuration"]);
      fields["seed"] = content.value("seed", Json());
      return {argument, Kind::run, fields};
    }
  }
  return {argument, Kind::model, {{"model", config::write_options(plan::model_from_argument(argument).options)}}};
}

/// Whether a list is one of steps or candidates, whose elements are known by their names.
bool has_names(const Json& list) {
  return list.is_array() && std::all_of(list.begin(), list.end(), [](const Json& each) {
           return each.is_object() && each.contains("name") && each["name"].is_string();
         });
}

Json names_of(const Json& list) {
  Json names = Json::array();
  for (const Json& each : list) names.push_back(each["name"]);
  return names;
}

/// The element of that name; null: there is none.
const Json* find_named(const Json& list, const Json& name) {
  const auto found = std::find_if(list.begin(), list.end(), [&](const Json& each) { return each["name"] == name; });
  return found == list.end() ? nullptr : &*found;
}

/// Of a step that only one side has, what it says.
Json without_empty_fields(const Json& step) {
  Json said = Json::object();
  for (const auto& [key, value] : step.items())
    if (key != "name" && !value.empty() && value != "" && value != false) said[key] = value;
  return said;
}

void collect(const Json& a, const Json& b, const std::string& pointer, Json& differences);

/// Steps by their names: one in the midst moves those behind it, and is no difference of theirs.
void collect_named(const Json& a, const Json& b, const std::string& pointer, Json& differences) {
  if (names_of(a) != names_of(b)) differences.push_back({{"pointer", pointer}, {"a", names_of(a)}, {"b", names_of(b)}});
  for (const Json& step : a) {
    const std::string place = pointer + "/" + step["name"].get<std::string>();
    if (const Json* other = find_named(b, step["name"])) collect(step, *other, place, differences);
    else differences.push_back({{"pointer", place}, {"a", without_empty_fields(step)}, {"b", Json()}});
  }
  for (const Json& step : b)
    if (!find_named(a, step["name"]))
      differences.push_back({{"pointer", pointer + "/" + step["name"].get<std::string>()},
                             {"a", Json()},
                             {"b", without_empty_fields(step)}});
}

void collect(const Json& a, const Json& b, const std::string& pointer, Json& differences) {
  if (a == b) return;
  if (has_names(a) && has_names(b)) {
    collect_named(a, b, pointer, differences);
    return;
  }
  if (!a.is_object() || !b.is_object()) {
    differences.push_back({{"pointer", pointer}, {"a", a}, {"b", b}});
    return;
  }
  for (const auto& [key, value] : a.items()) collect(value, b.value(key, Json()), pointer + "/" + key, differences);
  for (const auto& [key, value] : b.items())
    if (!a.contains(key)) collect(Json(), value, pointer + "/" + key, differences);
}

/// Rows that only one of two folders has, as {"row", "pointer": "", "a", "b"}: true where it is.
void collect_rows(const report::Trained& here, const report::Trained& other, bool here_is_a, Json& differences) {
  for (const report::TrainedRow& row : here.rows) {
    const bool both = std::any_of(other.rows.begin(), other.rows.end(),
                                  [&](const report::TrainedRow& each) { return each.name == row.name; });
    if (!both) differences.push_back({{"row", row.name}, {"pointer", ""}, {"a", here_is_a}, {"b", !here_is_a}});
  }
}

Json folder_differences(const Side& a, const Side& b) {
  Json differences = Json::array();
  const auto add = [&](const std::string& row, const std::string& pointer, const Json& in_a, const Json& in_b) {
    if (in_a != in_b) differences.push_back({{"row", row}, {"pointer", pointer}, {"a", in_a}, {"b", in_b}});
  };
  add("", "/seeds", a.seeds, b.seeds);
  add("", "/threads", a.threads, b.threads);
  for (const report::TrainedDifference& each : report::trained_differences({&a.trained, &b.trained}))
    add(each.row, each.pointer, each.values[0], each.values[1]);
  collect_rows(a.trained, b.trained, true, differences);
  collect_rows(b.trained, a.trained, false, differences);
  return differences;
}

Json differences_of(Side a, Side b) {
  if (a.kind == Kind::folder && b.kind == Kind::folder) return folder_differences(a, b);
  const auto is_network = [](const Side& side) { return side.kind == Kind::model || side.kind == Kind::run; };
  if (a.kind != b.kind && !(is_network(a) && is_network(b)))
    throw RequestError(a.argument + " is " + to_text(a.kind) + " and " + b.argument + " is " + to_text(b.kind) +
                       "; diff takes two models, two experiments, two runs or two folders of results");
  if (a.kind != b.kind)  // a run against a model: by its network
    for (Side* side : {&a, &b}) side->fields = Json{{"model", side->fields["model"]}};
  Json differences = Json::array();
  collect(a.fields, b.fields, "", differences);
  return differences;
}

/// A value in a cell; nothing where a side has none.
std::string cell(const Json& value) { return value.is_null() ? "" : value.dump(); }

void print_differences(const Side& a, const Side& b, const Json& differences) {
  const bool folders = a.kind == Kind::folder;
  std::vector<std::vector<std::string>> rows;
  std::string alone;
  for (const Json& each : differences) {
    const auto pointer = each["pointer"].get<std::string>();
    if (folders && pointer.empty()) {
      alone += "only in " + (each["a"].get<bool>() ? a : b).argument + ": " + each["row"].get<std::string>() + "\n";
      continue;
    }
    rows.push_back({pointer, cell(each["a"]), cell(each["b"])});
    if (!folders) continue;
    const auto row = each["row"].get<std::string>();
    rows.back().insert(rows.back().begin(), row.empty() ? "all" : row);
  }
  if (rows.empty() && alone.empty()) std::cout << "no difference\n";
  else if (folders && !rows.empty())
    print_table({"row", "pointer", a.argument, b.argument}, {false, false, false, false}, rows);
  else if (!rows.empty()) print_table({"pointer", "a", "b"}, {false, false, false}, rows);
  std::cout << alone;
}

}  // namespace

int run_diff(const Words& words) {
  Arguments arguments("diff",
                      "The fields in which two models, two experiments or two runs (config.json, or DIR:ROW@SEED) "
                      "differ, after\nresolution; of two folders of results, what their rows of one name were trained "
                      "with.",
                      "A B", "staircase diff resnet50 resnet50-convnext_tiny/depthwise");
  if (!arguments.parse(words, 2, 2)) return 0;
  const Side a = read_side(arguments.positional()[0]), b = read_side(arguments.positional()[1]);
  const Json differences = differences_of(a, b);
  if (arguments.json()) print_json(differences);
  else print_differences(a, b, differences);
  return 0;
}

}  // namespace staircase::apps
