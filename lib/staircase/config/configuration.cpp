#include "staircase/config/configuration.h"

#include <algorithm>

#include "staircase/base/text.h"
#include "staircase/config/recipes.h"

namespace staircase::config {
namespace {

std::vector<std::string> part_names() {
  std::vector<std::string> names;
  visit_parts([&](const auto& part) { names.emplace_back(part.name); });
  return names;
}

bool is_part(const std::string& name) {
  const auto names = part_names();
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// A part as a whole: models and recipes have names, and a model brings its published rate along.
template <Options Part>
void read_part(Configuration& c, Part Configuration::*part, const Json& value, const Place& place,
               const ModelReader& read_model) {
  if constexpr (std::is_same_v<Part, ModelOptions>) {
    const ModelFromJson model = read_model(value, place);
    c.*part = model.options;
    c.model_drop_path_rate = model.drop_path_rate;
  } else if constexpr (std::is_same_v<Part, RecipeOptions>) {
    c.*part = read_recipe(value, place);
  } else {
    c.*part = read_options<Part>(value, place);
  }
}

/// The field of a pointer like /model/norm. Throws for any other pointer.
std::pair<std::string, std::string> part_and_field(const std::string& pointer, const std::string& source) {
  const auto parts = pointer_parts(pointer, source);
  if (!is_part(parts[0]) || parts.size() > 2 || pointer.ends_with('/'))
    throw ConfigError({source, ""}, "\"" + pointer +
                                        "\" leads nowhere; a pointer into a configuration is /model/FIELD, "
                                        "/recipe/FIELD, /data/FIELD or /init/FIELD");
  return {parts[0], parts.size() == 2 ? parts[1] : ""};
}

}  // namespace

Json write_configuration(const Configuration& configuration) { return write_options(configuration); }

Configuration read_configuration(const Json& value, const std::string& source, const ModelReader& read_model,
                                 Configuration base) {
  const Place place{source, ""};
  if (!value.is_object()) detail::refuse(value, place.at("base"), "an object with model, recipe, data and init");
  const auto known = field_names<Configuration>();
  for (const auto& [key, ignored] : value.items())
    if (std::find(known.begin(), known.end(), key) == known.end())
      detail::refuse_unknown_key(key, place.at("base"), part_names());
  // The rate comes last: what stands there wins over the model's own.
  visit_fields<Configuration>([&](const auto& each) {
    using Value = typename std::remove_cvref_t<decltype(each)>::value_type;
    const auto found = value.find(std::string(each.name));
    if (found == value.end()) return;
    if constexpr (Options<Value>) read_part(base, each.member, *found, place.at(each.name), read_model);
    else base.*(each.member) = Codec<Value>::read(*found, place.at("base").at(each.name), each.limits);
  });
  return base;
}

void set_field(Configuration& configuration, const std::string& pointer, const Json& value, const std::string& source,
               const ModelReader& read_model) {
  const auto [name, field_name] = part_and_field(pointer, source);
  const Place place = Place{source, ""}.at(name);
  visit_parts([&, name = name, field_name = field_name](const auto& part) {
    using Part = typename std::remove_cvref_t<decltype(part)>::value_type;
    if (part.name != name) return;
    if (field_name.empty()) read_part(configuration, part.member, value, place, read_model);
    else configuration.*(part.member) = read_options<Part>({{field_name, value}}, place, configuration.*(part.member));
  });
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
  return pointer.starts_with('/') && is_part(pointer.substr(1, pointer.find('/', 1) - 1));
}

bool is_whole_part(const std::string& pointer) { return pointer.find('/', 1) == std::string::npos; }

std::vector<Difference> diff_configurations(const Configuration& a, const Configuration& b) {
  std::vector<Difference> all;
  visit_parts([&](const auto& part) {
    for (Difference& difference : diff_options(a.*(part.member), b.*(part.member)))
      all.push_back(std::move(difference));
  });
  return all;
}

}  // namespace staircase::config
