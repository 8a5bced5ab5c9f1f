#include "completion_words.h"

#include <algorithm>
#include <cctype>

#include "staircase/config/configuration.h"
#include "staircase/config/experiment_options.h"
#include "staircase/config/recipes.h"
#include "staircase/plan/ladder.h"
#include "staircase/plan/named_models.h"

namespace staircase::apps {
namespace {

using config::Json;

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  for (size_t start = 0; start <= text.size();) {
    const size_t end = std::min(text.find(separator, start), text.size());
    parts.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return parts;
}

Offer offer_of(const std::string& name) {
  if (name.starts_with("DIR")) return Offer::folder;
  if (name.starts_with("PTR")) return Offer::field;
  if (name == "LADDER") return Offer::ladder;
  for (const char* network : {"MODEL", "A", "B", "CONFIG|MODEL", "CONFIG|MODEL|FILE"})
    if (name == network) return Offer::network;
  for (const char* file : {"FILE", "CONFIG", "DATA", "IN", "OUT", "IMAGE"})
    if (name.starts_with(file)) return Offer::file;
  return Offer::nothing;
}

void add_fields(const std::string& pointer, const Json& schema, std::vector<FieldWords>& fields) {
  for (const auto& [name, field] : schema.at("properties").items()) {
    if (field.contains("properties")) add_fields(pointer + "/" + name, field, fields);
    else fields.push_back({pointer + "/" + name, listed_values(field)});
  }
}

}  // namespace

std::vector<std::string> listed_values(const Json& schema) {
  std::vector<std::string> values;
  if (schema.contains("enum"))
    for (const Json& value : schema["enum"])
      values.push_back(value.is_string() ? value.get<std::string>() : value.dump());
  if (schema.value("type", Json()) == "boolean") values = {"true", "false"};
  if (schema.contains("const")) values = {schema["const"].get<std::string>()};
  if (schema.contains("anyOf"))
    for (const Json& each : schema["anyOf"])
      for (const std::string& value : listed_values(each)) values.push_back(value);
  return values;
}

Place place_named(const std::string& name) {
  Place place;
  std::string word = name;
  place.repeats = word.ends_with("...");
  if (place.repeats) word.resize(word.size() - 3);
  const bool listed = !word.empty() && std::islower(static_cast<unsigned char>(word[0])) != 0;
  if (listed) place.words = split(word, '|');
  if (word == "DEVICE") place.words = {"cpu", "cuda", "cuda:0"};
  place.offer = place.words.empty() ? offer_of(word) : Offer::words;
  return place;
}

std::vector<std::string> network_words() {
  std::vector<std::string> words;
  for (const plan::NamedModel& model : plan::named_models()) words.push_back(model.name);
  for (const plan::Ladder& ladder : plan::ladders())
    for (const plan::LadderStep& step : ladder.steps) words.push_back(ladder.name + "/" + step.name);
  return words;
}

std::vector<std::string> ladder_words() {
  std::vector<std::string> words;
  for (const plan::Ladder& ladder : plan::ladders()) words.push_back(ladder.name);
  return words;
}

std::vector<FieldWords> field_words() {
  std::vector<FieldWords> fields{{"/model", network_words()}, {"/recipe", {}}};
  for (const config::NamedRecipe& recipe : config::named_recipes()) fields.back().values.push_back(recipe.name);
  config::visit_parts([&](const auto& part) {
    using Part = typename std::remove_cvref_t<decltype(part)>::value_type;
    add_fields("/" + std::string(part.name), config::options_schema<Part>(false), fields);
  });
  add_fields("", config::options_schema<config::ExperimentOptions>(false), fields);
  return fields;
}

}  // namespace staircase::apps
