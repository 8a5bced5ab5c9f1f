#include "weights.h"

#include "network.h"
#include "staircase/base/errors.h"
#include "staircase/runs/run_weights.h"

namespace staircase::apps {

void add_weights_options(Arguments& arguments) {
  arguments.options()(
      "weights",
      "a run as DIR:ROW@SEED, or a file: a run's weights.safetensors, .safetensors or .pth of torchvision, timm or ConvNeXt",
      cxxopts::value<std::string>(), "FILE")("model", "the network that the file holds (default: as the file tells)",
                                             cxxopts::value<std::string>(), "MODEL")(
      "key", "of the state dict in a .pth (default: model, model_ema, state_dict, model_state_dict or the whole)",
      cxxopts::value<std::string>(), "KEY");
}

void add_image_size_option(Arguments& arguments) {
  arguments.options()("image-size", "side of the square that images are resized and cropped to (default: the file's)",
                      cxxopts::value<int64_t>(), "PX");
}

std::optional<int64_t> image_size_option(const Arguments& arguments) {
  if (!arguments.has("image-size")) return std::nullopt;
  const int64_t smallest = 8, largest = 4096;
  const auto size_px = arguments.get<int64_t>("image-size");
  if (size_px < smallest || size_px > largest)
    throw RequestError("--image-size: found " + std::to_string(size_px) + ", allowed is an integer from 8 to 4096");
  return size_px;
}

interop::ModelFile open_weights(const Arguments& arguments) {
  arguments.need({"weights"});
  interop::OpenOptions options;
  if (arguments.has("model")) options.model = network_from_argument(arguments.get<std::string>("model")).model;
  if (arguments.has("key")) options.key = arguments.get<std::string>("key");
  if (options.model && options.model->options.num_classes > 0)
    options.head_way_out = "without num_classes --model takes the file's";
  interop::ModelFile file =
      interop::open_model_file(runs::find_weights(arguments.get<std::string>("weights")), options);
  if (const auto size_px = image_size_option(arguments)) {
    file.description.data.image_size_px = *size_px;
    plan::count_model(file.description.model, plan::square(*size_px));  // refuses a size that shrinks to nothing
  }
  return file;
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
    if (plan::has_position_table(named.options)) named.options.image_size_px = model.image_size_px;
    if (named.options == model) return named.name;
  }
  return "custom";
}

}  // namespace staircase::apps
