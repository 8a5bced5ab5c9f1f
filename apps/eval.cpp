#include <algorithm>
#include <iostream>
#include <thread>

#include "arguments.h"
#include "console.h"
#include "device.h"
#include "eval_data.h"
#include "eval_tables.h"
#include "output_place.h"
#include "staircase/base/counted.h"
#include "staircase/base/files.h"
#include "staircase/base/printable.h"
#include "staircase/base/some_of.h"
#include "staircase/base/text.h"
#include "staircase/train/classification.h"
#include "staircase/train/evaluate.h"
#include "weights.h"

namespace staircase::apps {
namespace {

struct Numbers {
  train::Evaluation evaluation;
  int64_t bad_images = 0, image_size_px = 0, classes = 0;
  std::vector<UnknownClass> left_out;

  int64_t left_out_images() const {
    int64_t images = 0;
    for (const UnknownClass& each : left_out) images += each.images;
    return images;
  }
};

/// "left out: 12 images of 2 classes that the network does not know: fox 5, zebra 7".
std::string unknown_text(const Numbers& numbers) {
  std::vector<std::string> parts;
  for (const UnknownClass& each : numbers.left_out) parts.push_back(each.name + " " + grouped_digits(each.images));
  const size_t most_named = 10;
  return "left out: " + counted(numbers.left_out_images(), "image") + " of " +
         counted(static_cast<long long>(parts.size()), "class", "classes") +
         " that the network does not know: " + some_of(parts, most_named);
}

void print_numbers(const Numbers& numbers, const config::TaskMetrics& metrics) {
  for (size_t i = 0; i < metrics.metrics.size(); ++i) {
    const config::Metric& metric = metrics.metrics[i];
    if (metric.name == "top5" && numbers.classes <= 5) continue;  // all of them: it says nothing
    std::cout << metric.title << " " << decimals(numbers.evaluation.values[i], metric.unit == "%" ? 2 : 4) << "  ";
  }
  std::cout << "images " << numbers.evaluation.images << "  image size " << numbers.image_size_px << " px";
  if (numbers.bad_images > 0) std::cout << "  damaged images left out " << numbers.bad_images;
  std::cout << "\n";
  if (!numbers.left_out.empty()) std::cout << printable(unknown_text(numbers)) << "\n";
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
  line["left_out_images"] = numbers.left_out_images();
  line["left_out_classes"] = config::Json::array();
  for (const UnknownClass& each : numbers.left_out)
    line["left_out_classes"].push_back({{"class", each.name}, {"images", each.images}});
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
  const size_t most_named = 10;
  return counted(static_cast<long long>(damages.size()), "image") + " could not be read and " +
         (damages.size() == 1 ? "was" : "were") + " left out: " + some_of(damages, most_named, "; ");
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
      "DATA")("known-classes-only", "leave out images of classes that the network does not know")(
      "part", "of the data (default: val; all of a folder without parts)", cxxopts::value<std::string>(),
      "train|val|test")("per-image", "write path, class, predicted class, probability and correct, a line an image",
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
  arguments.need({"weights", "data"});
  const torch::Device device = parse_device(arguments.get<std::string>("device"));
  const std::string per_image = output_of(arguments, "per-image"), confusion = output_of(arguments, "confusion");
  const interop::ModelFile file = open_weights(arguments);
  const interop::ModelDescription& description = file.description;
  const EvalData data =
      open_eval_data({arguments.get<std::string>("data"),
                      arguments.has("part") ? std::optional(arguments.get<std::string>("part")) : std::nullopt,
                      image_size_option(arguments), arguments.has("known-classes-only")},
                     description, arguments.get<std::string>("weights"));
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
  print_evaluation({evaluation, static_cast<int64_t>(loader.bad_images().size()), data.options.image_size_px,
                    description.model.num_classes, data.left_out},
                   task.metrics(), tables, arguments.json());
  return 0;
}

}  // namespace staircase::apps
