#include "weights.h"

#include <unistd.h>

#include <filesystem>

#include "staircase/base/errors.h"
#include "staircase/runs/run_weights.h"

namespace staircase::apps {
namespace fs = std::filesystem;

void add_weights_options(Arguments& arguments) {
  arguments.options()(
      "weights",
      "a run as DIR:ROW@SEED, or a file: a run's weights.safetensors, .safetensors or .pth of torchvision, timm or ConvNeXt",
      cxxopts::value<std::string>(), "FILE")("model", "the network that the file holds (default: as the file tells)",
                                             cxxopts::value<std::string>(), "MODEL")(
      "key", "of the state dict in a .pth (default: model, model_ema, state_dict, model_state_dict or the whole)",
      cxxopts::value<std::string>(), "KEY");
}

interop::ModelFile open_weights(const Arguments& arguments, const std::string& command) {
  if (!arguments.has("weights")) throw RequestError("staircase " + command + ": needs --weights");
  interop::OpenOptions options;
  if (arguments.has("model")) options.model = plan::model_from_argument(arguments.get<std::string>("model"));
  if (arguments.has("key")) options.key = arguments.get<std::string>("key");
  return interop::open_model_file(runs::find_weights(arguments.get<std::string>("weights")), options);
}

std::string class_name(const interop::ModelDescription& description, int64_t index) {
  const auto& names = description.class_names;
  return index < static_cast<int64_t>(names.size()) ? names[static_cast<size_t>(index)] : std::to_string(index);
}

std::string model_name(const config::ModelOptions& model) {
  for (plan::NamedModel named : plan::named_models()) {
    named.options.num_classes = model.num_classes;
    named.options.in_channels = model.in_channels;
    named.options.initialization = model.initialization;
    if (named.options == model) return named.name;
  }
  return "custom";
}

void check_output(const std::string& path, const std::string& option) {
  std::error_code error;
  if (path.empty() || fs::is_directory(path, error))
    throw RequestError(option + " " + path + ": is a folder, not a file to write");
  const fs::path parent = fs::path(path).has_parent_path() ? fs::path(path).parent_path() : fs::path(".");
  if (!fs::is_directory(parent, error))
    throw RequestError(option + " " + path + ": there is no folder " + parent.string());
  if (::access(parent.c_str(), W_OK) != 0)
    throw RequestError(option + " " + path + ": the folder " + parent.string() + " cannot be written to");
}

}  // namespace staircase::apps
