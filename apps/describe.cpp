#include <iostream>
#include <optional>

#include "arguments.h"
#include "console.h"
#include "network.h"
#include "staircase/base/text.h"
#include "staircase/experiment/experiment.h"
#include "staircase/plan/named_models.h"
#include "staircase/plan/plan.h"

namespace staircase::apps {
namespace {

using config::Json;

plan::NamedModel edited(plan::NamedModel model, const std::vector<std::string>& assignments) {
  config::Configuration configuration;
  configuration.model = model.options;
  for (const std::string& text : assignments) {
    const experiment::Assignment assignment = experiment::parse_assignment(text);
    if (!assignment.pointer.starts_with("/model/"))
      throw RequestError("--set " + text + ": describe takes only fields of the model, /model/FIELD");
    config::set_field(configuration, assignment.pointer, assignment.value, "--set", experiment::model_reader());
  }
  model.options = configuration.model;
  return model;
}

Json layer_json(const plan::CountedLayer& layer) {
  const plan::LayerSpec& s = layer.spec;
  return {{"name", s.name},
          {"kind", std::string(plan::kind_name(s.kind))},
          {"in", s.in},
          {"out", s.out},
          {"kernel", s.kernel},
          {"stride", s.stride},
          {"groups", s.groups},
          {"bias", s.bias},
          {"out_size", layer.out_size.height},
          {"params", layer.params},
          {"macs", layer.macs}};
}

std::optional<int64_t> size_option(const Arguments& arguments) {
  if (!arguments.has("image-size")) return std::nullopt;
  const auto size = arguments.get<int64_t>("image-size");
  if (size < 1 || size > 16384)
    throw RequestError("--image-size: found " + std::to_string(size) + ", allowed is an integer from 1 to 16384");
  return size;
}

}  // namespace

int run_describe(const Words& words) {
  Arguments arguments("describe", "The layers of a network in the order in which they run.", "MODEL",
                      "staircase describe resnet50-convnext_tiny/kernel_7 --set /model/kernel_size=9");
  arguments.options()("set", "PTR=VALUE: change a field of the model; may be repeated",
                      cxxopts::value<std::vector<std::string>>(), "PTR=VALUE")(
      "image-size", "side of the square image, px (default: a run's, or 224)", cxxopts::value<int64_t>(), "N");
  if (!arguments.parse(words, 1, 1)) return 0;
  const std::optional<int64_t> wanted_size = size_option(arguments);
  const Network network = network_from_argument(arguments.positional()[0]);
  const plan::NamedModel model = edited(network.model, arguments.all("set"));
  const int64_t size = wanted_size.value_or(network.trained_with ? network.trained_with->data.image_size_px : 224);
  const auto layers = plan::count_layers(plan::plan_model(model.options, plan::square(size)), {"", "--image-size"});
  int64_t params = 0, macs = 0;
  Json list = Json::array();
  std::vector<std::vector<std::string>> rows;
  for (const plan::CountedLayer& layer : layers) {
    params += layer.params;
    macs += layer.macs;
    list.push_back(layer_json(layer));
    const plan::LayerSpec& s = layer.spec;
    rows.push_back({s.name, std::string(plan::kind_name(s.kind)), std::to_string(s.in), std::to_string(s.out),
                    std::to_string(s.kernel), std::to_string(s.stride), std::to_string(s.groups),
                    std::to_string(layer.out_size.height), grouped_digits(layer.params), grouped_digits(layer.macs)});
  }
  if (arguments.json()) {
    print_json({{"name", model.name},
                {"params", params},
                {"macs", macs},
                {"image_size", size},
                {"model", config::write_options(model.options)},
                {"layers", list}});
    return 0;
  }
  print_table({"layer", "kind", "in", "out", "kernel", "stride", "groups", "out px", "parameters", "MACs"},
              {false, false, true, true, true, true, true, true, true, true}, rows);
  std::cout << "\n"
            << model.name << " at " << size << " px: " << grouped_digits(params) << " parameters, " << giga(macs)
            << "MACs\n";
  return 0;
}

}  // namespace staircase::apps
