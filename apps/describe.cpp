#include <algorithm>
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

/// The side of a square, else height and width: tokens are a row.
Json size_json(plan::ImageSize size) {
  return size.height == size.width ? Json(size.height) : Json::array({size.height, size.width});
}

std::string size_text(plan::ImageSize size) {
  const std::string height = std::to_string(size.height);
  return size.height == size.width ? height : height + "x" + std::to_string(size.width);
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
          {"out_size", size_json(layer.out_size)},
          {"params", layer.params},
          {"macs", layer.macs},
          {"product_macs", layer.product_macs}};
}

/// A network whose last stage has one position mixes no space there.
void warn_of_one_position(const std::vector<plan::CountedLayer>& layers, int64_t size_px) {
  plan::ImageSize last = plan::square(size_px);
  for (const plan::CountedLayer& layer : layers)
    if (layer.spec.name.starts_with("stages.")) last = layer.out_size;
  if (last == plan::square(1))
    print_warning("at " + std::to_string(size_px) +
                  " px the last stage has one position: nothing is left to mix there; a stem that keeps more of the "
                  "image (/model/stem conv3 or patchify2) or fewer stages in /model/depths leave some");
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
  const bool has_products =
      std::any_of(layers.begin(), layers.end(), [](const auto& layer) { return layer.product_macs != 0; });
  plan::ModelCounts total;
  Json list = Json::array();
  std::vector<std::vector<std::string>> rows;
  for (const plan::CountedLayer& layer : layers) {
    total.params += layer.params;
    total.macs += layer.macs;
    total.product_macs += layer.product_macs;
    list.push_back(layer_json(layer));
    const plan::LayerSpec& s = layer.spec;
    rows.push_back({s.name, std::string(plan::kind_name(s.kind)), std::to_string(s.in), std::to_string(s.out),
                    std::to_string(s.kernel), std::to_string(s.stride), std::to_string(s.groups),
                    size_text(layer.out_size), grouped_digits(layer.params), grouped_digits(layer.macs)});
    if (has_products) rows.back().push_back(layer.product_macs ? grouped_digits(layer.product_macs) : "");
  }
  warn_of_one_position(layers, size);
  if (arguments.json()) {
    print_json({{"name", model.name},
                {"params", total.params},
                {"macs", total.macs},
                {"product_macs", total.product_macs},
                {"image_size", size},
                {"model", config::write_options(model.options)},
                {"layers", list}});
    return 0;
  }
  std::vector<std::string> header{"layer",  "kind",   "in",     "out",        "kernel",
                                  "stride", "groups", "out px", "parameters", "MACs"};
  std::vector<bool> right{false, false, true, true, true, true, true, true, true, true};
  if (has_products) {
    header.push_back("products");
    right.push_back(true);
  }
  print_table(header, right, rows);
  std::cout << "\n"
            << model.name << " at " << size << " px: " << grouped_digits(total.params) << " parameters, "
            << giga(total.macs) << "MACs";
  if (has_products)
    std::cout << ", products of attention " << giga(total.product_macs) << "MACs, " << giga(total.all_macs())
              << "MACs in all";
  std::cout << "\n";
  return 0;
}

}  // namespace staircase::apps
