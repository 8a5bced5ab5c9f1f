#include <ATen/Parallel.h>

#include <iostream>

#include "arguments.h"
#include "bench_loader.h"
#include "console.h"
#include "device.h"
#include "experiment.h"
#include "network.h"
#include "staircase/base/build_info.h"
#include "staircase/base/errors.h"
#include "staircase/base/text.h"
#include "staircase/config/codec.h"
#include "staircase/experiment/experiment.h"
#include "staircase/nn/initialize.h"
#include "staircase/nn/libtorch.h"
#include "staircase/plan/named_models.h"
#include "staircase/plan/plan.h"
#include "staircase/train/benchmark.h"

namespace staircase::apps {
namespace {

/// What is measured: a network, and where a config gives them its image size, batch and precision.
struct Subject {
  std::string name;
  config::ModelOptions model;
  train::BenchmarkOptions options;
};

/// An experiment's file has "base" or "name"; any other JSON file is a model.
bool is_experiment(const std::string& argument) {
  if (!argument.ends_with(".json")) return false;
  const config::Json content = config::read_json_file(argument);
  return content.is_object() && (content.contains("base") || content.contains("extends") || content.contains("ladder"));
}

void train_as(Subject& subject, const config::DataOptions& data, const config::RecipeOptions& recipe) {
  subject.options.image_size_px = data.image_size_px;
  subject.options.batch_size = recipe.batch_size;
  subject.options.precision = recipe.precision;
}

Subject read_subject(const std::string& argument) {
  Subject subject;
  subject.name = argument;
  if (!is_experiment(argument)) {
    const Network network = network_from_argument(argument);
    subject.name = network.model.name;
    subject.model = network.model.options;
    if (network.trained_with) train_as(subject, network.trained_with->data, network.trained_with->recipe);
    return subject;
  }
  const experiment::Experiment experiment = experiment::read_experiment(argument);
  if (experiment.options.kind != config::ExperimentKind::single)
    throw RequestError(argument +
                       ": /kind is not single, so it has several networks; name one, as LADDER/RUNG or a model's file");
  subject.model = experiment.base.model;
  train_as(subject, experiment.base.data, experiment.base.recipe);
  return subject;
}

config::Json to_json(const Subject& subject, const train::Benchmark& b, const plan::ModelCounts& counts) {
  return {{"model", subject.name},
          {"images_per_second", b.inference_images_per_second},
          {"training_images_per_second", b.training_images_per_second},
          {"latency_ms_min", b.latency_ms_min},
          {"latency_ms_median", b.latency_ms_median},
          {"latency_ms_p95", b.latency_ms_p95},
          {"latency_runs", b.latency_runs},
          {"inference_memory_mb", b.inference_memory_mb},
          {"training_memory_mb", b.training_memory_mb},
          {"warmup_seconds", b.warmup_seconds},
          {"batch_size", subject.options.batch_size},
          {"image_size", subject.options.image_size_px},
          {"precision", config::to_name(subject.options.precision)},
          {"device", subject.options.device.str()},
          {"threads", at::get_num_threads()},
          {"params", counts.params},
          {"macs", counts.macs},
          {"product_macs", counts.product_macs},
          {"libtorch", TORCH_VERSION},
          {"machine", machine_description()}};
}

void check_seconds(const Arguments& arguments) {
  const auto seconds = arguments.get<double>("seconds");
  if (!(seconds >= 0.01 && seconds <= 3600)) throw RequestError("--seconds: allowed is a number from 0.01 to 3600");
}

}  // namespace

int run_bench(const Words& words) {
  Arguments arguments(
      "bench",
      "Speed and memory of a network on random images: inference, training, latency at batch 1; or with\n"
      "--loader how many training images a second an experiment's data and recipe give, without a network.",
      "CONFIG|MODEL", "staircase bench convnext_tiny --batch-size 16 --json");
  arguments.options()("image-size", "side of the square image, px (default: the config's, or 224)",
                      cxxopts::value<int64_t>(), "N")("batch-size", "images a step (default: the config's, or 32)",
                                                      cxxopts::value<int64_t>(), "N")(
      "precision", "fp32 or bf16 (default: the config's, or fp32)", cxxopts::value<std::string>(), "P")(
      "seconds", "of each of the three measurements", cxxopts::value<double>()->default_value("5"), "S")(
      "threads", "of LibTorch (default: its own choice)", cxxopts::value<int64_t>(), "N")(
      "device", "cpu, cuda or cuda:N", cxxopts::value<std::string>()->default_value("cpu"), "DEVICE")(
      "loader", "measure the loader of the experiment CONFIG alone")("workers", "of --loader (default: one a core)",
                                                                     cxxopts::value<int64_t>(), "N");
  add_set_option(arguments);
  if (!arguments.parse(words, 1, 1)) return 0;
  check_seconds(arguments);
  if (arguments.has("loader")) return bench_loader(arguments);
  if (arguments.has("set") || arguments.has("workers")) throw RequestError("--set and --workers go only with --loader");
  Subject subject = read_subject(arguments.positional()[0]);
  if (arguments.has("image-size")) subject.options.image_size_px = arguments.bounded("image-size", 4096);
  if (arguments.has("batch-size")) subject.options.batch_size = arguments.bounded("batch-size", 65536);
  if (arguments.has("threads")) at::set_num_threads(static_cast<int>(arguments.bounded("threads", 1024)));
  if (arguments.has("precision"))
    subject.options.precision =
        config::Codec<config::Precision>::read(arguments.get<std::string>("precision"), {"", "--precision"}, {});
  subject.options.seconds = arguments.get<double>("seconds");
  subject.options.device = parse_device(arguments.get<std::string>("device"));
  if (subject.model.norm == config::Norm::batch && subject.options.batch_size < 2)
    throw RequestError(
        "--batch-size: 1 cannot go with /model/norm batch, whose training needs at least 2 images a step");
  plan::ModelCounts counts;
  const plan::ImageSize image = plan::square(subject.options.image_size_px);
  for (const auto& layer : plan::count_layers(plan::plan_model(subject.model, image), {"", "--image-size"})) {
    counts.params += layer.params;
    counts.macs += layer.macs;
    counts.product_macs += layer.product_macs;
  }
  nn::Classifier model(subject.model, image);
  nn::initialize(model, 0);
  const train::Benchmark result = train::benchmark(model, subject.options);
  if (arguments.json()) {
    print_json(to_json(subject, result, counts));
    return 0;
  }
  std::cout << subject.name << ", " << subject.options.image_size_px << " px, batch " << subject.options.batch_size
            << ", " << config::to_name(subject.options.precision) << ", " << subject.options.device.str() << ", "
            << at::get_num_threads() << " threads\n";
  print_table({"measure", "value", "unit"}, {false, true, false},
              {{"inference", decimals(result.inference_images_per_second, 1), "images/s"},
               {"training", decimals(result.training_images_per_second, 1), "images/s"},
               {"latency, shortest", decimals(result.latency_ms_min, 2), "ms at batch 1"},
               {"latency, median", decimals(result.latency_ms_median, 2), "ms at batch 1"},
               {"latency, 95th percentile", decimals(result.latency_ms_p95, 2), "ms at batch 1"},
               {"peak memory, inference", decimals(result.inference_memory_mb, 0), "MB of the process"},
               {"peak memory, training", decimals(result.training_memory_mb, 0), "MB of the process"},
               {"warm-up, not counted", decimals(result.warmup_seconds, 1), "s"}});
  return 0;
}

}  // namespace staircase::apps
