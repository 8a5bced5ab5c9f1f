#pragma once

#include <map>
#include <stdexcept>

#include "staircase/base/random.h"
#include "staircase/config/codec.h"
#include "staircase/config/model_options.h"

namespace staircase::tests {

/// Values of the fields that are numbers or lists; enums and switches take all of theirs.
inline const std::map<std::string, std::vector<config::Json>>& tried_values() {
  using config::Json;
  static const std::map<std::string, std::vector<Json>> values{
      {"depths", {Json::array({2, 3}), Json::array({2}), Json::array({1, 1, 2, 1})}},
      {"width", {64, 96, Json::array({32, 64, 160, 256})}},
      {"width_factor", {1.0, 0.125}},
      {"groups", {8, 32}},
      {"expansion", {1, 2, 4}},
      {"kernel_size", {3, 7, 8}},
      {"layer_scale_init", {0.0, 1e-6}},
      {"num_classes", {0, 7}},
      {"in_channels", {0}},
      {"stem_width", {0, 48}},
      {"head_dim", {32, 48}},
      {"norm_eps", {0.0, 1e-5}},
      {"image_size_px", {0, 32}}};
  return values;
}

/// Every field of a network at random. A field that is neither an enum nor a switch nor listed above throws.
inline config::ModelOptions random_model(RandomStream& random) {
  using config::Json;
  Json fields = Json::object();
  const Json schema = config::options_schema<config::ModelOptions>(false);
  for (const auto& [name, entry] : schema.at("properties").items()) {
    std::vector<Json> values;
    if (entry.contains("enum")) values = entry["enum"].get<std::vector<Json>>();
    else if (entry.value("type", "") == "boolean") values = {true, false};
    else if (tried_values().count(name)) values = tried_values().at(name);
    else throw std::logic_error("random_model: no values to try for /model/" + name);
    fields[name] = values[random.below(values.size())];
  }
  return config::read_options<config::ModelOptions>(fields, {"random", "/model"});
}

}  // namespace staircase::tests
