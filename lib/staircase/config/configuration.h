#pragma once

#include <functional>
#include <string>
#include <vector>

#include "staircase/config/codec.h"
#include "staircase/config/data_options.h"
#include "staircase/config/init_options.h"
#include "staircase/config/model_options.h"
#include "staircase/config/recipe_options.h"

namespace staircase::config {

/// What one training run is made of. Pointers into it start with /model, /recipe, /data or /init.
struct Configuration {
  ModelOptions model;
  RecipeOptions recipe;
  DataOptions data;
  InitOptions init;
  /// The published drop-path rate of the model, for recipes that say "model".
  double model_drop_path_rate = 0.0;

  bool operator==(const Configuration&) const = default;

  static constexpr std::string_view title = "configuration";
  static constexpr auto fields() {
    using C = Configuration;
    return std::make_tuple(
        field("model", &C::model, "the network"), field("recipe", &C::recipe, "how it is trained"),
        field("data", &C::data, "where its images come from"),
        field("init", &C::init, "the weights that it starts from"),
        field("model_drop_path_rate", &C::model_drop_path_rate,
              "the published drop-path rate of the model, for recipes that say \"model\"", range(0, 0.99)));
  }
};

/// Calls visit(field) for each part of a configuration: the fields that are option structs themselves.
template <class Visit>
constexpr void visit_parts(Visit&& visit) {
  visit_fields<Configuration>([&](const auto& each) {
    if constexpr (Options<typename std::remove_cvref_t<decltype(each)>::value_type>) visit(each);
  });
}

/// Reads a model by name or as an object that starts from one; nn/ knows the names.
struct ModelFromJson {
  ModelOptions options;
  double drop_path_rate = 0.0;
};
using ModelReader = std::function<ModelFromJson(const Json&, const Place&)>;

/// Every field, with defaults written out.
Json write_configuration(const Configuration& configuration);

/// Reads what write_configuration wrote, or the parts by name or as objects that start "from" one.
/// Parts that are left out keep what `base` has. `place`: of the object that holds the parts; errors
/// point into the configuration (/model/norm), not to where the object stands in its file.
Configuration read_configuration(const Json& value, const std::string& source, const ModelReader& read_model,
                                 Configuration base = {});

/// Sets one field, or one part as a whole ("/recipe": "modern"). Throws ConfigError.
void set_field(Configuration& configuration, const std::string& pointer, const Json& value, const std::string& source,
               const ModelReader& read_model);

/// The value of one field or part. Throws ConfigError for a pointer that leads nowhere.
Json get_field(const Configuration& configuration, const std::string& pointer, const std::string& source);

/// Whether a pointer addresses a configuration (and not the experiment around it).
bool is_configuration_pointer(const std::string& pointer);

/// Whether a pointer into a configuration addresses a part as a whole: "/recipe", not "/recipe/epochs".
bool is_whole_part(const std::string& pointer);

/// The fields of all parts in which two configurations differ.
std::vector<Difference> diff_configurations(const Configuration& a, const Configuration& b);

}  // namespace staircase::config
