#include "staircase/config/configuration.h"

#include "staircase/base/random.h"
#include "staircase/base/text.h"
#include "staircase/config/recipes.h"

namespace staircase::config {
namespace {

const std::vector<std::string> part_names{"model", "recipe", "data", "init"};

void read_part(Configuration& configuration, const std::string& part, const Json& value, const Place& place,
               const ModelReader& read_model) {
  if (part == "model") {
    const ModelFromJson model = read_model(value, place);
    configuration.model = model.options;
    configuration.model_drop_path_rate = model.drop_path_rate;
  } else if (part == "recipe") {
    configuration.recipe = read_recipe(value, place);
  } else if (part == "data") {
    configuration.data = read_options<DataOptions>(value, place);
  } else {
    configuration.init = read_options<InitOptions>(value, place);
  }
}

/// The field of a pointer like /model/norm. Throws for any other pointer.
std::pair<std::string, std::string> part_and_field(const std::string& pointer, const std::string& source) {
  const auto parts = pointer_parts(pointer, source);
  bool known = false;
  for (const std::string& name : part_names) known = known || parts[0] == name;
  if (!known || parts.size() > 2 || pointer.ends_with('/'))
    throw ConfigError({source, ""}, "\"" + pointer +
                                        "\" leads nowhere; a pointer into a configuration is /model/FIELD, "
                                        "/recipe/FIELD, /data/FIELD or /init/FIELD");
  return {parts[0], parts.size() == 2 ? parts[1] : ""};
}

}  // namespace

Json write_configuration(const Configuration& c) {
  return {{"model", write_options(c.model)},
          {"recipe", write_options(c.recipe)},
          {"data", write_options(c.data)},
          {"init", write_options(c.init)},
          {"model_drop_path_rate", c.model_drop_path_rate}};
}

Configuration read_configuration(const Json& value, const std::string& source, const ModelReader& read_model,
                                 Configuration base) {
  const Place place{source, ""};
  if (!value.is_object()) detail::refuse(value, place.at("base"), "an object with model, recipe, data and init");
  for (const auto& [key, part] : value.items()) {
    if (key == "model_drop_path_rate") continue;
    bool known = false;
    for (const std::string& name : part_names) known = known || name == key;
    if (!known) detail::refuse_unknown_key(key, place.at("base"), part_names);
    read_part(base, key, part, place.at(key), read_model);
  }
  if (value.contains("model_drop_path_rate"))
    base.model_drop_path_rate =
        detail::read_number(value["model_drop_path_rate"], place.at("base").at("model_drop_path_rate"), range(0, 0.99));
  return base;
}

void set_field(Configuration& configuration, const std::string& pointer, const Json& value, const std::string& source,
               const ModelReader& read_model) {
  const auto [part, name] = part_and_field(pointer, source);
  const Place place = Place{source, ""}.at(part);
  if (name.empty()) return read_part(configuration, part, value, place, read_model);
  const Json edit = {{name, value}};
  if (part == "model") configuration.model = read_options<ModelOptions>(edit, place, configuration.model);
  else if (part == "recipe") configuration.recipe = read_options<RecipeOptions>(edit, place, configuration.recipe);
  else if (part == "data") configuration.data = read_options<DataOptions>(edit, place, configuration.data);
  else configuration.init = read_options<InitOptions>(edit, place, configuration.init);
}

Json get_field(const Configuration& configuration, const std::string& pointer, const std::string& source) {
  const auto [part, name] = part_and_field(pointer, source);
  const Json object = write_configuration(configuration).at(part);
  if (name.empty()) return object;
  if (!object.contains(name)) {
    std::vector<std::string> known;
    for (const auto& [key, ignored] : object.items()) known.push_back(key);
    detail::refuse_unknown_key(name, Place{source, ""}.at(part), known);
  }
  return object.at(name);
}

bool is_configuration_pointer(const std::string& pointer) {
  for (const std::string& name : part_names)
    if (pointer == "/" + name || pointer.starts_with("/" + name + "/")) return true;
  return false;
}

bool is_whole_part(const std::string& pointer) { return pointer.find('/', 1) == std::string::npos; }

std::vector<Difference> diff_configurations(const Configuration& a, const Configuration& b) {
  std::vector<Difference> all = diff_options(a.model, b.model);
  for (auto&& more : {diff_options(a.recipe, b.recipe), diff_options(a.data, b.data), diff_options(a.init, b.init)})
    all.insert(all.end(), more.begin(), more.end());
  return all;
}

std::string content_name(const Configuration& configuration) {
  return hexadecimal(mix64(hash_text(canonical_text(write_configuration(configuration)))), 16);
}

}  // namespace staircase::config
