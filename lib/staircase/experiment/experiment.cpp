#include "staircase/experiment/experiment.h"

#include "staircase/config/paths.h"
#include "staircase/config/recipes.h"
#include "staircase/experiment/experiment_checks.h"
#include "staircase/experiment/looks.h"
#include "staircase/experiment/names.h"
#include "staircase/experiment/pointer_hint.h"
#include "staircase/plan/ladder.h"
#include "staircase/plan/named_models.h"

namespace staircase::experiment {
namespace fs = std::filesystem;
namespace {

using config::ConfigError;
using config::ExperimentKind;
using config::ExperimentOptions;
using config::Json;
using config::Place;
using config::StepOptions;

const char* const models_rate = "model_drop_path_rate";

/// Fields without "from" that lie over the name of a model or a recipe start from that name.
Json started_from(const Json& name, Json fields) {
  if (name.is_string() && fields.is_object() && !fields.contains("from")) fields["from"] = name;
  return fields;
}

Json merge_experiments(const Json& under, Json over) {
  for (const char* pointer : {"/base/model", "/base/recipe", "/override/~1model", "/override/~1recipe"}) {
    const Json::json_pointer named(pointer);
    if (under.contains(named) && over.contains(named)) over[named] = started_from(under[named], over[named]);
  }
  return config::merge_json(under, over);
}

/// The file merged over those that it extends. Relative paths start from the file that names them.
Json read_merged(const fs::path& file, int depth) {
  const int most = 16;
  if (depth > most)
    throw ConfigError({file.string(), "/extends"},
                      "goes over more than " + std::to_string(most) + " files, or in a circle");
  Json content = config::read_json_file(file);
  if (!content.is_object()) config::detail::refuse(content, {file.string(), ""}, "an experiment, which is an object");
  config::make_paths_absolute(content, file.parent_path());
  const auto extends = content.find("extends");
  if (extends == content.end()) return content;
  if (!extends->is_string()) config::detail::refuse(*extends, {file.string(), "/extends"}, "the name of a file");
  const fs::path parent = file.parent_path() / extends->get<std::string>();
  content.erase("extends");
  return merge_experiments(read_merged(parent, depth + 1), content);
}

void set_pointer(Json& content, const Assignment& assignment) {
  const auto parts = config::pointer_parts(assignment.pointer, "--set");
  const auto refuse_no_object = [&] {
    const bool in_base = assignment.pointer.starts_with("/base/");
    throw ConfigError({"--set", assignment.pointer},
                      "leads into a value that is no object" + (in_base ? pointer_hint(assignment.pointer) : ""));
  };
  Json* at = &content;
  for (size_t i = 0; i + 1 < parts.size(); ++i) {
    if (at->is_array()) {
      const bool number =
          !parts[i].empty() && parts[i].find_first_not_of("0123456789") == std::string::npos && parts[i].size() < 9;
      if (!number || std::stoul(parts[i]) >= at->size())
        throw ConfigError({"--set", assignment.pointer}, "the list has no element \"" + parts[i] + "\"");
      at = &(*at)[std::stoul(parts[i])];
    } else if (at->is_object()) {
      at = &(*at)[parts[i]];
      if (at->is_null()) *at = Json::object();
    } else {
      refuse_no_object();
    }
  }
  if (!at->is_object()) refuse_no_object();
  (*at)[parts.back()] = assignment.value;
}

void set_override(Json& content, const Assignment& assignment, const std::string& source) {
  if (!content.contains("override")) content["override"] = Json::object();
  Json& fields = content["override"];
  if (!fields.is_object()) config::detail::refuse(fields, {source, "/override"}, "an object of pointer to value");
  fields[assignment.pointer] = assignment.value;
}

StepOptions from_ladder(const plan::LadderStep& step) {
  StepOptions options;
  options.name = step.name;
  options.set = step.set;
  options.bundle = step.bundle;
  options.group = step.group;
  options.side_branch = step.side_branch;
  options.paper_top1 = step.paper_top1;
  options.paper_std = step.paper_std;
  return options;
}

/// Whether a recipe that is asked for anywhere leaves the drop-path rate to the model.
bool asks_for_models_rate(const Experiment& experiment) {
  const ExperimentOptions& options = experiment.options;
  const auto of_recipe = [&](const Json& recipe) {
    return !config::read_recipe(recipe, {experiment.source, "/recipe"}).drop_path_rate.rate;
  };
  const auto of_edits = [&](const Json& edits) {
    return edits.is_object() && ((edits.contains("/recipe") && of_recipe(edits["/recipe"])) ||
                                 edits.value("/recipe/drop_path_rate", Json()) == "model");
  };
  bool asks = of_recipe(options.base["recipe"]) || of_edits(options.override_fields);
  for (const StepOptions& step : options.steps)
    within_step(experiment, step.name, [&] { asks = of_edits(step.set) || asks; });
  for (const config::ContextOptions& context : options.contexts) asks = of_edits(context.set) || asks;
  return asks;
}

/// The ladder's base under the file's, and the ladder's steps with those of the file in their places.
void resolve_ladder(Experiment& experiment) {
  ExperimentOptions& options = experiment.options;
  const std::string& source = experiment.source;
  const Place place{source, "/ladder"};
  const plan::Ladder& ladder = plan::find_ladder(options.ladder, place);
  Json& base = options.base;
  if (base.contains("model") && (!base["model"].is_object() || base["model"].contains("from")))
    throw ConfigError({source, "/model"},
                      "cannot name a network beside /ladder, which says where the walk starts; "
                      "single fields are allowed");
  base["model"] = config::merge_json(config::write_options(ladder.base), base.value("model", Json::object()));
  base["recipe"] = started_from(ladder.base_recipe, base.value("recipe", Json::object()));
  std::vector<StepOptions> own = std::move(options.steps);
  options.steps.clear();
  for (const plan::LadderStep& rung : ladder.steps) {
    StepOptions step = from_ladder(rung);
    for (auto each = own.begin(); each != own.end();) {
      if (each->name != step.name) {
        ++each;
        continue;
      }
      each->paper_top1 = step.paper_top1;
      each->paper_std = step.paper_std;
      if (each->group.empty()) each->group = step.group;
      step = *each;
      each = own.erase(each);
    }
    options.steps.push_back(step);
  }
  options.steps.insert(options.steps.end(), own.begin(), own.end());
  // Elsewhere the rate decides nothing, and runs are named by it: those of earlier versions keep their names.
  if (!base.contains(models_rate) && asks_for_models_rate(experiment)) base[models_rate] = ladder.drop_path_rate;
  options.ladder.clear();
}

}  // namespace

Assignment parse_assignment(const std::string& text) {
  const size_t equal = text.find('=');
  if (equal == std::string::npos || equal == 0)
    throw RequestError("--set " + text + ": is not PTR=VALUE, as in /model/kernel_size=7");
  Assignment assignment{text.substr(0, equal), {}};
  config::pointer_parts(assignment.pointer, "--set");
  const std::string value = text.substr(equal + 1);
  // What begins like an object, a list or a text is meant as one; "." and "1.2.3" are words.
  const bool is_json = value.find_first_of("{[\"") == 0 || Json::accept(value);
  assignment.value = is_json ? config::parse_json(value, "--set " + text) : Json(value);
  return assignment;
}

config::ModelReader model_reader() {
  return [](const Json& value, const Place& place) {
    const plan::NamedModel model = plan::read_model(value, place);
    return config::ModelFromJson{model.options, model.drop_path_rate};
  };
}

Experiment read_experiment(const fs::path& file, const std::vector<Assignment>& assignments) {
  Json content = read_merged(file, 0);
  for (const Assignment& each : assignments) {
    if (!config::is_configuration_pointer(each.pointer)) set_pointer(content, each);
    else set_override(content, each, file.string());
  }
  if (!content.contains("name")) content["name"] = file.stem().string();
  return resolve_experiment(content, file.string());
}

std::string Experiment::step_place(const std::string& step) const {
  const auto found = step_places.find(step);
  return found == step_places.end() ? "/ladder" : found->second;
}

Experiment resolve_experiment(const Json& content, const std::string& source) {
  Experiment experiment;
  experiment.source = source;
  check_candidates(content, source);
  ExperimentOptions& options = experiment.options;
  // The same words from another folder would mean other data.
  Json with_paths = content;
  config::make_paths_absolute(with_paths, fs::current_path());
  options = config::read_options<ExperimentOptions>(with_paths, {source, ""});
  check_name(options.name, {source, "/name"});
  if (!options.base.is_object())
    config::detail::refuse(options.base, {source, "/base"}, "an object with model, recipe, data and init");
  for (size_t i = 0; i < options.steps.size(); ++i)
    experiment.step_places[options.steps[i].name] = Place{"", "/steps"}.at(i).at("set").pointer;
  if (!options.ladder.empty()) resolve_ladder(experiment);
  check_experiment(experiment);
  resolve_until(options, source);
  experiment.base = config::read_configuration(options.base, source, model_reader());
  experiment.steps = options.steps;
  return experiment;
}

Json write_experiment(const Experiment& experiment) {
  ExperimentOptions options = experiment.options;
  options.steps = experiment.steps;
  Json written = config::write_options(options);
  for (const char* resolved : {"$schema", "extends", "ladder"}) written.erase(resolved);
  Json base = config::write_configuration(experiment.base);
  if (experiment.options.kind == ExperimentKind::comparison) {
    base.erase("model");
    base.erase(models_rate);
  }
  written["base"] = base;
  return written;
}

Json experiment_schema() {
  Json schema = config::options_schema<ExperimentOptions>(false);
  Json base = {{"type", "object"}, {"additionalProperties", false}};
  const auto named = [](Json object) { return Json{{"anyOf", Json::array({{{"type", "string"}}, object})}}; };
  const Json model = named(config::options_schema<config::ModelOptions>(true));
  base["properties"] = {{"model", model},
                        {"recipe", named(config::options_schema<config::RecipeOptions>(true))},
                        {"data", config::options_schema<config::DataOptions>(false)},
                        {"init", config::options_schema<config::InitOptions>(false)},
                        {models_rate, {{"type", "number"}}}};
  schema["properties"]["base"] = base;
  schema["properties"]["candidates"]["items"]["properties"]["model"] = model;
  for (Json* pointers :
       {&schema["properties"]["override"], &schema["properties"]["steps"]["items"]["properties"]["set"],
        &schema["properties"]["contexts"]["items"]["properties"]["set"]})
    *pointers = {{"type", "object"}, {"propertyNames", {{"pattern", "^/(model|recipe|data|init)(/|$)"}}}};
  Json whole = {{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"title", "A Staircase experiment"}};
  return config::merge_json(whole, schema);
}

}  // namespace staircase::experiment
