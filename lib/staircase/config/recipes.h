#pragma once

#include <string>
#include <vector>

#include "staircase/config/json.h"
#include "staircase/config/recipe_options.h"

namespace staircase::config {

struct NamedRecipe {
  std::string name;
  std::string summary;
  RecipeOptions options;
};

/// `original` (ResNet-50, 90 epochs), `modern` (ConvNeXt, 300 epochs), `small` (CIFAR-size images and
/// short schedules). Source: He et al. 2015, arXiv:1512.03385; Liu et al. 2022, arXiv:2201.03545;
/// `small` is ours.
const std::vector<NamedRecipe>& named_recipes();

/// A recipe from JSON: a name, or an object of fields that may start "from" a name.
/// Throws ConfigError, also for fields that cannot go together.
RecipeOptions read_recipe(const Json& value, const Place& place);

/// The name of the recipe that equals this one, or "NAME*": that of the nearest, with changes.
std::string recipe_name(const RecipeOptions& recipe);

/// Throws ConfigError naming the two fields that cannot go together.
void check_recipe(const RecipeOptions& recipe, const Place& place);

}  // namespace staircase::config
