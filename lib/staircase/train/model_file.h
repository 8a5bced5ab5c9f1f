#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "staircase/config/configuration.h"
#include "staircase/nn/classifier.h"

namespace staircase::train {

/// A network that can be used without its run: weights, what it is, what its classes are called and
/// how its images are prepared.
struct LoadedModel {
  std::shared_ptr<nn::Classifier> model;  ///< in evaluation mode, on the CPU
  config::DataOptions data;               ///< image size and normalization
  config::RecipeOptions recipe;           ///< how images are resized for evaluation
  std::vector<std::string> class_names;
};

/// Writes weights.safetensors: the model's parameters and buffers under their own names; the config,
/// class names and normalization as metadata. `which`: "ema" or "raw", whose weights these are.
/// Throws std::runtime_error naming the path.
void write_model_file(const std::filesystem::path& path, const nn::Classifier& model,
                        const config::Configuration& configuration, const std::vector<std::string>& class_names,
                        const std::string& which);

/// Reads what write_model_file wrote. Throws RequestError naming the file and what is missing.
LoadedModel read_model_file(const std::filesystem::path& path);

}  // namespace staircase::train
