#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "staircase/config/data_options.h"
#include "staircase/config/recipe_options.h"
#include "staircase/plan/named_models.h"

namespace staircase::apps {

/// What a run's config.json says of the images and steps that its network was trained with.
struct TrainedWith {
  config::DataOptions data;
  config::RecipeOptions recipe;
};

struct Network {
  plan::NamedModel model;
  std::optional<TrainedWith> trained_with;  ///< of a run
};

/// MODEL of the command line: as plan::model_from_argument takes it, or a run as DIR:ROW@SEED, whose network bears that
/// name. Throws RequestError.
Network network_from_argument(const std::string& argument);

}  // namespace staircase::apps
