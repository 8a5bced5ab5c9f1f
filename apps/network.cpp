#include "network.h"

#include "staircase/config/naming.h"
#include "staircase/runs/run_weights.h"

namespace staircase::apps {

Network network_from_argument(const std::string& argument) {
  const std::string file = runs::find_config(argument).string();
  Network network{plan::model_from_argument(file), {}};
  if (file != argument) network.model.name = argument;
  if (!file.ends_with(".json")) return network;
  const config::Json content = config::read_json_file(file);
  if (!plan::is_run_config(content)) return network;
  const config::Json trained = config::with_frozen_defaults(content["configuration"]);
  const config::Place place{file, "/configuration"};
  network.trained_with = {config::read_options<config::DataOptions>(trained.at("data"), place.at("data")),
                          config::read_options<config::RecipeOptions>(trained.at("recipe"), place.at("recipe"))};
  return network;
}

}  // namespace staircase::apps
