#include <ATen/Parallel.h>

#include <filesystem>
#include <iostream>
#include <thread>

#include "arguments.h"
#include "console.h"
#include "device.h"
#include "staircase/base/text.h"
#include "staircase/data/open_data.h"
#include "staircase/train/classification.h"
#include "staircase/train/evaluate.h"
#include "weights.h"

namespace staircase::apps {
namespace {

namespace fs = std::filesystem;

/// DATA: "shapes" as the weights were trained on, a folder, or a JSON file with the fields of a data set.
/// Image size and normalization are those of the weights, unless the JSON file says otherwise.
config::DataOptions data_options(const std::string& argument, const config::DataOptions& trained) {
  if (argument.ends_with(".json"))
    return config::read_options<config::DataOptions>(config::read_json_file(argument), {argument, "/data"}, trained);
  config::DataOptions options = trained;
  if (argument == "shapes") {
    if (trained.kind != config::DataKind::shapes) {
      const config::DataOptions defaults;
      options.path.clear();
      options.max_bad_fraction = defaults.max_bad_fraction;
      options.kind = config::DataKind::shapes;
    }
    return options;
  }
  // Another kind of data than the weights saw keeps only size and normalization.
  if (trained.kind == config::DataKind::shapes) {
    options = config::DataOptions{};
    options.image_size_px = trained.image_size_px;
    options.mean = trained.mean;
    options.std = trained.std;
    options.kind = config::DataKind::image_folder;
  }
  options.path = argument;
  return options;
}

/// Class i of the network must be class i of the data, by name where the file knows names.
void check_classes(const interop::ModelDescription& description, const std::vector<std::string>& classes,
                   const std::string& file) {
  const auto outputs = description.model.num_classes;
  if (static_cast<int64_t>(classes.size()) != outputs)
    throw RequestError(file + ": its network has " + std::to_string(outputs) + " classes, the data has " +
                       std::to_string(classes.size()));
  for (size_t i = 0; i < description.class_names.size() && i < classes.size(); ++i)
    if (description.class_names[i] != classes[i])
      throw RequestError(file + ": its class " + std::to_string(i) + " is \"" + description.class_names[i] +
                         "\", the data's is \"" + classes[i] + "\"");
}

void print_evaluation(const train::Evaluation& result, const config::TaskMetrics& metrics, int64_t bad_images,
                      bool json) {
  if (json) {
    config::Json line = config::Json::object();
    train::add_values(line, metrics, result);
    line["images"] = result.images;
    line["bad_images"] = bad_images;
    return print_json(line);
  }
  for (size_t i = 0; i < metrics.metrics.size(); ++i) {
    const config::Metric& metric = metrics.metrics[i];
    std::cout << metric.title << " " << decimals(result.values[i], metric.unit == "%" ? 2 : 4) << "  ";
  }
  std::cout << "images " << result.images;
  if (bad_images > 0) std::cout << "  damaged images left out " << bad_images;
  std::cout << "\n";
}

}  // namespace

int run_eval(const Words& words) {
  Arguments arguments("eval", "Top-1, top-5 and loss of trained weights on a data set.", "",
                      "staircase eval --weights runs/photos:gelu@0 --data photos");
  add_weights_options(arguments);
  arguments.options()("data", "a folder of images, shapes, or a JSON file with the fields of /data",
                      cxxopts::value<std::string>(), "DATA")(
      "part", "train, val or test", cxxopts::value<std::string>()->default_value("val"), "PART")(
      "batch-size", "images a forward pass", cxxopts::value<int64_t>()->default_value("128"), "N")(
      "device", "cpu, cuda or cuda:N", cxxopts::value<std::string>()->default_value("cpu"), "DEVICE");
  if (!arguments.parse(words, 0, 0)) return 0;
  if (!arguments.has("data")) throw RequestError("staircase eval: needs --data");
  const torch::Device device = parse_device(arguments.get<std::string>("device"));
  const interop::ModelFile file = open_weights(arguments, "eval");
  const config::DataOptions options = data_options(arguments.get<std::string>("data"), file.description.data);
  const data::DataSource source = data::open_data(options, {arguments.get<std::string>("data"), "/data"});
  const auto part = arguments.get<std::string>("part");
  const auto dataset = part == "train"  ? source.train
                       : part == "val"  ? source.val
                       : part == "test" ? source.test
                                        : nullptr;
  if (!dataset)
    throw RequestError("--part " + part +
                       ": the data has no such part; allowed are train, val and, where it is there, test");
  check_classes(file.description, source.class_names, arguments.get<std::string>("weights"));
  const auto model = interop::build_model(file);
  model->to(device);
  data::LoaderOptions loading;
  loading.batch_size = arguments.get<int64_t>("batch-size");
  if (loading.batch_size < 1 || loading.batch_size > 65536)
    throw RequestError("--batch-size: allowed is an integer from 1 to 65536");
  loading.workers = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  loading.channels = source.channels;
  loading.on_warning = print_warning;
  data::Loader loader(dataset, options, file.description.recipe, data::LoaderMode::eval, loading);
  const train::Classification task(file.description.model.num_classes, 0.0);
  // In the precision that the weights were trained and their scores were measured in.
  const train::Evaluation result =
      train::evaluate({model.get()}, loader, task, device, file.description.recipe.precision).front();
  print_evaluation(result, task.metrics(), static_cast<int64_t>(loader.bad_images().size()), arguments.json());
  return 0;
}

}  // namespace staircase::apps
