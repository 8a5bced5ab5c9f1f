#pragma once

#include <optional>
#include <string>
#include <vector>

#include "staircase/config/model_options.h"
#include "staircase/data/survey.h"

namespace staircase::apps {

/// What is known of a folder of photographs.
struct Photographs {
  std::string name, path;             ///< of the experiment; of the folder, as the file is to say it
  std::vector<int64_t> class_counts;  ///< of the training images
  int64_t val_images = 0;
  data::Survey sizes;
  std::optional<int64_t> wanted_size_px;
};

/// Weights to start from.
struct StartWeights {
  std::string file;
  config::ModelOptions model;
  std::string model_name;
};

struct FirstExperiment {
  config::Json content;
  std::vector<std::string> reasons;  ///< a sentence a choice
};

/// A first question to a folder of photographs that a CPU answers within hours: ResNet-50 or ConvNeXt, narrow, under the
/// recipe for few images; with weights, what the start from them is worth.
FirstExperiment first_experiment(const Photographs& photographs, const StartWeights* weights);

}  // namespace staircase::apps
