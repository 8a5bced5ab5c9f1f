#include <ATen/Parallel.h>

#include <filesystem>
#include <iostream>
#include <thread>

#include "arguments.h"
#include "console.h"
#include "device.h"
#include "staircase/base/text.h"
#include "staircase/data/open_data.h"
#include "staircase/nn/named_models.h"
#include "staircase/train/evaluate.h"
#include "staircase/train/model_file.h"

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

void check_model(const train::LoadedModel& loaded, const std::string& wanted, const std::string& file) {
  nn::NamedModel model = nn::model_from_argument(wanted);
  const config::ModelOptions& found = loaded.model->options();
  if (model.options.num_classes == 0) model.options.num_classes = found.num_classes;
  if (model.options.in_channels == 0) model.options.in_channels = found.in_channels;
  const auto differences = config::diff_options(found, model.options);
  if (differences.empty()) return;
  throw RequestError(file + ": holds another model than --model " + wanted + ": " + differences[0].pointer + " is " +
                     differences[0].a.dump() + " in the file and " + differences[0].b.dump() + " in --model");
}

}  // namespace

int run_eval(const Words& words) {
  Arguments arguments("eval", "Top-1, top-5 and loss of trained weights on a data set.", "",
                      "staircase eval --weights runs/photos/runs/RUN/weights.safetensors --data photos");
  arguments.options()("weights", "weights.safetensors of a run", cxxopts::value<std::string>(), "FILE")(
      "model", "the model that the file must hold", cxxopts::value<std::string>(), "MODEL")(
      "data", "a folder of images, shapes, or a JSON file with the fields of /data", cxxopts::value<std::string>(), "DATA")(
      "part", "train, val or test", cxxopts::value<std::string>()->default_value("val"), "PART")(
      "batch-size", "images a forward pass", cxxopts::value<int64_t>()->default_value("128"), "N")(
      "device", "cpu, cuda or cuda:N", cxxopts::value<std::string>()->default_value("cpu"), "DEVICE");
  if (!arguments.parse(words, 0, 0)) return 0;
  for (const char* needed : {"weights", "data"})
    if (!arguments.has(needed)) throw RequestError(std::string("staircase eval: needs --") + needed);
  const auto file = arguments.get<std::string>("weights");
  const torch::Device device = parse_device(arguments.get<std::string>("device"));
  train::LoadedModel loaded = train::read_model_file(file);
  if (arguments.has("model")) check_model(loaded, arguments.get<std::string>("model"), file);
  const config::DataOptions options = data_options(arguments.get<std::string>("data"), loaded.data);
  const data::DataSource source = data::open_data(options, {arguments.get<std::string>("data"), "/data"});
  const auto part = arguments.get<std::string>("part");
  const auto dataset = part == "train" ? source.train : part == "val" ? source.val : part == "test" ? source.test : nullptr;
  if (!dataset) throw RequestError("--part " + part + ": the data has no such part; allowed are train, val and, where it is there, test");
  if (static_cast<int64_t>(source.class_names.size()) != loaded.model->options().num_classes)
    throw RequestError(file + ": its model has " + std::to_string(loaded.model->options().num_classes) + " classes, the data has " +
                       std::to_string(source.class_names.size()));
  loaded.model->to(device);
  data::LoaderOptions loading;
  loading.batch_size = arguments.get<int64_t>("batch-size");
  if (loading.batch_size < 1 || loading.batch_size > 65536) throw RequestError("--batch-size: allowed is an integer from 1 to 65536");
  loading.workers = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  loading.channels = source.channels;
  loading.on_warning = [](const std::string& text) { std::cerr << "warning: " << text << "\n"; };
  data::Loader loader(dataset, options, loaded.recipe, data::LoaderMode::eval, loading);
  const train::Scores scores = train::evaluate(*loaded.model, loader, device, config::Precision::fp32);
  if (arguments.json())
    print_json({{"top1", scores.top1}, {"top5", scores.top5}, {"loss", scores.loss}, {"images", scores.images}});
  else
    std::cout << "top-1 " << decimals(scores.top1, 2) << "  top-5 " << decimals(scores.top5, 2) << "  loss " << decimals(scores.loss, 4)
              << "  images " << scores.images << "\n";
  return 0;
}

}  // namespace staircase::apps
