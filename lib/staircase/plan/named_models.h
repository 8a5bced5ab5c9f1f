#pragma once

#include <string>
#include <vector>

#include "staircase/config/json.h"
#include "staircase/config/model_options.h"

namespace staircase::plan {

/// A network that is known by name.
struct NamedModel {
  std::string name;
  std::string family;  ///< "resnet", "resnext", "convnext", "convnextv2", "vit", "deit", "deit3", "swin", "poolformer"
  config::ModelOptions options;
  double drop_path_rate = 0.0;  ///< published with the model, for ImageNet-1K at 224 px
};

/// Every network that has a name, family by family: model_families.cpp.
const std::vector<NamedModel>& named_models();

/// The model of this name, or the rung "LADDER/RUNG" (its family is the ladder's name).
/// Throws config::ConfigError at `place` with the nearest known name.
NamedModel find_model(const std::string& name, const config::Place& place);

/// A model from JSON: a name, or an object of fields that may start "from" a name.
/// Throws config::ConfigError.
NamedModel read_model(const config::Json& value, const config::Place& place);

/// What a JSON file holds, by its keys: an experiment, or config.json of a run.
bool is_experiment(const config::Json& content);
bool is_run_config(const config::Json& content);

/// MODEL of the command line: a name, LADDER/RUNG, or the path of a JSON file that holds a model, or of a run's
/// config.json. Throws RequestError, for an experiment with the names that it has for its networks.
NamedModel model_from_argument(const std::string& argument);

}  // namespace staircase::plan
