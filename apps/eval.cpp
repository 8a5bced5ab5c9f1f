#include <algorithm>
#include <iostream>
#include <thread>

#include "arguments.h"
#include "console.h"
#include "device.h"
#include "eval_data.h"
#include "eval_tables.h"
#include "staircase/base/counted.h"
#include "staircase/base/files.h"
#include "staircase/base/text.h"
#include "staircase/train/classification.h"
#include "staircase/train/evaluate.h"
#include "weights.h"

namespace staircase::apps {
namespace {

struct Numbers {
  train::Evaluation evaluation;
  int64_t bad_images = 0, image_size_px = 0;
};

void print_numbers(const Numbers& numbers, const config::TaskMetrics& metrics) {
  for (size_t i = 0; i < metrics.metrics.size(); ++i) {
    const config::Metric& metric = metrics.metrics[i];
    std::cout << metric.title << " " << decimals(numbers.evaluation.values[i], metric.unit == "%" ? 2 : 4) << "  ";
  }
  std::cout << "images " << numbers.evaluation.images << "  image size " << numbers.image_size_px << " px";
  if (numbers.bad_images > 0) std::cout << "  damaged images left out " << numbers.bad_images;
  std::cout << "\n";
}

void print_evaluation(const Numbers& numbers, const config::TaskMetrics& metrics, const EvalTables& tables, bool json) {
  if (!json) {
    print_numbers(numbers, metrics);
    tables.print();
    return;
  }
  config::Json line = config::Json::object();
  train::add_values(line, metrics, numbers.evaluation);
  line["images"] = numbers.evaluation.images;
  line["bad_images"] = numbers.bad_images;
  line["image_size"] = numbers.image_size_px;
  tables.add_to(line);
  print_json(line);
}

/// In order, every image once. What is damaged is told into `damages`, which outlives the loader.
data::Loader make_loader(const Arguments& arguments, const EvalData& data, const config::RecipeOptions& recipe,
                         std::vector<std::string>& damages) {
  data::LoaderOptions loading;
  loading.batch_size = arguments.bounded("batch-size", 65536);
  loading.workers = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  loading.channels = data.channels;
  loading.on_warning = [&damages](const std::string& text) { damages.push_back(text); };
  return data::Loader(data.images, data.options, recipe, data::LoaderMode::eval, loading);
}

/// "1 image could not be read and was left out: cat/1.png: is empty".
std::string left_out_text(const std::vector<std::string>& damages) {
  const size_t most = 10, shown = std::min(most, damages.size());
  return counted(static_cast<long long>(damages.size()), "image") + " could not be read and " +
         (damages.size() == 1 ? "was" : "were") +
         " left out: " + join({damages.begin(), damages.begin() + static_cast<std::ptrdiff_t>(shown)}, "; ") +
         (damages.size() > most ? " and " + std::to_string(damages.size() - most) + " more" : "");
}

/// The file that an option names, or nothing; refused before anything is computed.
std::string output_of(const Arguments& arguments, const std::string& option) {
  if (!arguments.has(option)) return {};
  const auto path = arguments.get<std::string>(option);
  check_output(path, "--" + option);
  return path;
}

Arguments eval_arguments() {
  Arguments arguments("eval", "Top-1, top-5 and loss of trained weights on a data set, class by class.", "",
                      "staircase eval --weights runs/photos:gelu@0 --data photos --per-image answers.csv");
  add_weights_options(arguments);
  add_image_size_option(arguments);
  arguments.options()(
      "data",
      "a folder of images (with parts, or of class folders; some of the classes will do), objects, shapes, or a JSON "
      "file with the fields of /data",
      cxxopts::value<std::string>(),
      "DATA")("part", "train, val or test (default: val; all of a folder without parts)", cxxopts::value<std::string>(),
              "PART")("per-image", "write path, class, predicted class, probability and correct, a line an image",
                      cxxopts::value<std::string>(), "FILE.csv")(
      "confusion", "write how often each class was taken for each", cxxopts::value<std::string>(), "FILE.csv")(
      "batch-size", "images a forward pass", cxxopts::value<int64_t>()->default_value("128"), "N")(
      "device", "cpu, cuda or cuda:N", cxxopts::value<std::string>()->default_value("cpu"), "DEVICE");
  return arguments;
}

}  // namespace

int run_eval(const Words& words) {
  Arguments arguments = eval_arguments();
  if (!arguments.parse(words, 0, 0)) return 0;
  if (!arguments.has("data")) throw RequestError("staircase eval: needs --data");
  const torch::Device device = parse_device(arguments.get<std::string>("device"));
  const std::string per_image = output_of(arguments, "per-image"), confusion = output_of(arguments, "confusion");
  const interop::ModelFile file = open_weights(arguments, "eval");
  const interop::ModelDescription& description = file.description;
  const EvalData data =
      open_eval_data(arguments.get<std::string>("data"),
                     arguments.has("part") ? std::optional(arguments.get<std::string>("part")) : std::nullopt,
                     image_size_option(arguments), description, arguments.get<std::string>("weights"));
  const auto model = interop::build_model(file);
  model->to(device);
  std::vector<std::string> damages;
  data::Loader loader = make_loader(arguments, data, description.recipe, damages);
  const train::Classification task(description.model.num_classes, 0.0);
  train::ClassResults results;
  // In the precision that the weights were trained and their scores were measured in.
  const train::Evaluation evaluation =
      train::evaluate({model.get()}, loader, task, device, description.recipe.precision, {},
                      [&](size_t, const torch::Tensor& outputs, const train::TaskBatch& examples) {
                        results.add(outputs, examples.batch.labels);
                      })
          .front();
  if (!damages.empty()) print_warning(left_out_text(damages));
  const EvalTables tables{description, data.classes, results};
  if (!per_image.empty()) write_file_atomically(per_image, tables.per_image_csv(*data.images, loader.bad_images()));
  if (!confusion.empty()) write_file_atomically(confusion, tables.confusion_csv());
  print_evaluation({evaluation, static_cast<int64_t>(loader.bad_images().size()), data.options.image_size_px},
                   task.metrics(), tables, arguments.json());
  return 0;
}

}  // namespace staircase::apps
