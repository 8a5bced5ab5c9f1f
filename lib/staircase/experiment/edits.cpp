#include "staircase/experiment/edits.h"

#include "staircase/config/recipes.h"
#include "staircase/plan/plan.h"

namespace staircase::experiment {

using config::ConfigError;
using config::Configuration;
using config::Json;
using config::StepOptions;

Json shown_value(const Configuration& configuration, const std::string& pointer, const std::string& source) {
  if (pointer == "/recipe") return config::recipe_name(configuration.recipe);
  return config::get_field(configuration, pointer, source);
}

Configuration Edits::with_steps(Configuration configuration, const std::vector<const StepOptions*>& steps) const {
  for (const bool whole : {true, false})
    for (const StepOptions* step : steps)
      within_step(experiment_, step->name, [&] { set_fields(configuration, step->set, whole); });
  return configuration;
}

void Edits::set_fields(Configuration& configuration, const Json& edits, bool whole) const {
  for (const auto& [pointer, value] : edits.items())
    if (config::is_whole_part(pointer) == whole)
      config::set_field(configuration, pointer, value, source_, model_reader());
}

Configuration Edits::finished(Configuration c, const std::string& row) const {
  try {
    for (const bool whole : {true, false}) set_fields(c, experiment_.options.override_fields, whole);
    for (const bool whole : {true, false})
      if (context_) set_fields(c, context_->set, whole);
    take_from_data(c.model.num_classes, data_.classes, "num_classes", "classes");
    take_from_data(c.model.in_channels, data_.channels, "in_channels", "channels");
    if (plan::has_position_table(c.model))
      take_from_data(c.model.image_size_px, c.data.image_size_px, "image_size_px", "px");
    config::check_recipe(c.recipe, {source_, "/recipe"});
    plan::count_layers(plan::plan_model(c.model, plan::square(c.data.image_size_px), {source_, "/model"}),
                       {source_, "/data/image_size_px"});
    return c;
  } catch (const RequestError& error) {
    throw RequestError(std::string(error.what()) + " (in the configuration " +
                       (context_ ? context_->name + "/" : "") + row + ")");
  }
}

void Edits::take_from_data(int64_t& field, int64_t of_data, const char* name, const char* what) const {
  if (of_data == 0) return;
  if (field != 0 && field != of_data)
    throw ConfigError({source_, std::string("/model/") + name}, "found " + std::to_string(field) +
                                                                    ", but the data has " + std::to_string(of_data) +
                                                                    " " + what + "; 0 takes the data's");
  field = of_data;
}

}  // namespace staircase::experiment
