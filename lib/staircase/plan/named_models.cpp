#include "staircase/plan/named_models.h"

#include <filesystem>

#include "staircase/base/text.h"
#include "staircase/config/codec.h"
#include "staircase/config/naming.h"
#include "staircase/plan/ladder.h"
#include "staircase/plan/plan.h"

namespace staircase::plan {
namespace {

using namespace config;  // NOLINT: the option enums

/// The names that an experiment gives to networks: its base's, its candidates', its ladder's rungs.
std::vector<std::string> named_networks(const Json& experiment) {
  std::vector<std::string> names;
  const auto add = [&](const Json& holder) {
    const auto model = holder.is_object() ? holder.find("model") : holder.end();
    if (holder.is_object() && model != holder.end() && model->is_string()) names.push_back(model->get<std::string>());
  };
  add(experiment.value("base", Json()));
  const Json ladder = experiment.value("ladder", Json()), candidates = experiment.value("candidates", Json());
  if (ladder.is_string()) names.push_back(ladder.get<std::string>() + "/RUNG");
  if (candidates.is_array())
    for (const Json& each : candidates) add(each);
  return names;
}

[[noreturn]] void refuse_experiment(const Json& content, const std::string& file) {
  const std::vector<std::string> names = named_networks(content);
  throw RequestError(file + ": is an experiment, not a network; " +
                     (names.empty() ? "" : "its networks are named " + join(names) + "; ") +
                     "a row that was trained is DIR:ROW@SEED, as staircase status DIR lists them");
}

/// DIR:ROW@SEED names a run and its weights; this layer knows no runs.
bool is_like_a_run(const std::string& name) {
  const size_t at = name.rfind('@');
  return at != std::string::npos && name.find(':') < at;
}

}  // namespace

bool is_experiment(const Json& content) {
  for (const char* key : {"base", "kind", "ladder", "extends", "steps", "candidates"})
    if (content.is_object() && content.contains(key)) return true;
  return false;
}

bool is_run_config(const Json& content) {
  const auto configuration = content.is_object() ? content.find("configuration") : content.end();
  return content.is_object() && configuration != content.end() && configuration->is_object();
}

NamedModel find_model(const std::string& name, const Place& place) {
  std::vector<std::string> known;
  for (const NamedModel& model : named_models()) {
    if (model.name == name) return model;
    known.push_back(model.name);
  }
  for (const Ladder& ladder : ladders())
    for (const Rung& rung : climb(ladder)) {
      const std::string path = ladder.name + "/" + rung.step.name;
      if (path == name) return {name, ladder.name, rung.model, ladder.drop_path_rate};
      known.push_back(path);
    }
  if (is_like_a_run(name))
    throw ConfigError(place,
                      "\"" + name +
                          "\" names a run, allowed is a known model, LADDER/RUNG or an object of fields: "
                          "/configuration/model in the run's config.json is its network, as staircase describe " +
                          name + " --json prints it; its weights go to /init/weights");
  const std::string hint = did_you_mean(name, known);
  known.resize(named_models().size());
  throw ConfigError(place, "\"" + name + "\" is not a known model" +
                               (hint.empty() ? ", known are " + join(known) + " and LADDER/RUNG" : hint));
}

NamedModel read_model(const Json& value, const Place& place) {
  if (value.is_string()) return find_model(value.get<std::string>(), place);
  NamedModel model{"custom", "custom", {}, 0.0};
  Json fields = value;
  if (value.is_object() && value.contains("from")) {
    if (!value["from"].is_string()) detail::refuse(value["from"], place.at("from"), "the name of a model");
    model = find_model(value["from"].get<std::string>(), place.at("from"));
    fields.erase("from");
    if (!fields.empty()) model.name = "custom from " + model.name;
  }
  model.options = read_options<ModelOptions>(fields, place, model.options);
  plan_model(model.options, place);
  return model;
}

NamedModel model_from_argument(const std::string& argument) {
  const bool file = argument.ends_with(".json");
  std::error_code ignored;
  if (std::filesystem::is_directory(argument, ignored))
    throw RequestError(argument + ": is a folder, not a network; a row that was trained is " + argument +
                       ":ROW@SEED, as staircase status " + argument + " lists them");
  if (!file) return find_model(argument, {"", "MODEL"});
  const Json content = read_json_file(argument);
  if (is_experiment(content)) refuse_experiment(content, argument);
  const std::filesystem::path path(argument);
  if (is_run_config(content)) {
    // What an older version wrote lacks later fields.
    const Json trained = with_frozen_defaults(content["configuration"]);
    NamedModel model = read_model(trained.value("model", Json()), {argument, "/configuration/model"});
    const std::string run = path.parent_path().filename().string();
    model.name = run.empty() ? path.stem().string() : run;
    return model;
  }
  NamedModel model = read_model(content, {argument, ""});
  if (model.family == "custom") model.name = path.stem().string();
  return model;
}

}  // namespace staircase::plan
