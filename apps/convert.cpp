#include <iostream>

#include "arguments.h"
#include "console.h"
#include "network.h"
#include "output_place.h"
#include "staircase/base/errors.h"
#include "staircase/base/text.h"
#include "staircase/formats/weights_file.h"
#include "staircase/interop/model_file.h"
#include "staircase/runs/run_weights.h"
#include "weights.h"

namespace staircase::apps {
namespace {

interop::KeyLayout parse_layout(const std::string& name) {
  return config::Codec<interop::KeyLayout>::read(name, {"", "--to"}, {});
}

}  // namespace

int run_convert(const Words& words) {
  Arguments arguments(
      "convert",
      "Weights from one key layout or format to another: .pth and .safetensors, whatever IN is, or a run as DIR:ROW@SEED.",
      "IN OUT", "staircase convert convnext_tiny-983f1562.pth convnext.safetensors --to timm");
  arguments.options()("model", "the network that IN holds (default: as the file tells)", cxxopts::value<std::string>(),
                      "MODEL")("key", "of the state dict in a .pth", cxxopts::value<std::string>(), "KEY")(
      "to", "the layout of OUT", cxxopts::value<std::string>()->default_value("staircase"),
      "staircase|torchvision|timm|official");
  if (!arguments.parse(words, 2, 2)) return 0;
  const std::string in = arguments.positional()[0], out = arguments.positional()[1];
  const interop::KeyLayout layout = parse_layout(arguments.get<std::string>("to"));
  formats::check_weights_extension(out);
  check_output(out, "OUT");
  interop::OpenOptions options;
  if (arguments.has("model")) options.model = network_from_argument(arguments.get<std::string>("model")).model;
  if (options.model && options.model->options.num_classes > 0)
    options.head_way_out = "without num_classes --model takes the file's";
  if (arguments.has("key")) options.key = arguments.get<std::string>("key");
  const interop::ModelFile file = interop::open_model_file(runs::find_weights(in), options);
  formats::TensorFile converted = interop::from_staircase(file.tensors, file.description.model, layout);
  converted.metadata = interop::describe_model(file.description, "");
  formats::write_weights(out, converted);
  const std::string name = model_name(file.description.model), to(config::to_name(layout));
  if (arguments.json())
    print_json({{"model", name},
                {"from", config::to_name(file.description.layout)},
                {"layout", to},
                {"tensors", converted.tensors.size()},
                {"file", out}});
  else
    std::cout << out << ": " << converted.tensors.size() << " tensors of " << name << ", "
              << config::to_name(file.description.layout) << " -> " << to << "\n";
  return 0;
}

}  // namespace staircase::apps
