#include <ATen/Parallel.h>

#include <iostream>

#include "bench_file.h"
#include "bench_loader.h"
#include "bench_profile.h"
#include "bench_speed.h"
#include "console.h"
#include "device.h"
#include "staircase/base/build_info.h"
#include "staircase/base/errors.h"
#include "staircase/base/text.h"
#include "staircase/config/codec.h"
#include "staircase/nn/initialize.h"
#include "staircase/nn/libtorch.h"
#include "staircase/plan/plan.h"
#include "staircase/train/benchmark.h"

namespace staircase::apps {
namespace {

config::Json to_json(const BenchSubject& subject, const train::BenchmarkOptions& options, const train::Benchmark& b,
                     const plan::ModelCounts& counts) {
  config::Json json = {{"model", subject.name}};
  json.update(speed_json(b.inference));
  json.update({{"training_images_per_second", b.training_images_per_second},
               {"training_memory_mb", b.training_memory_mb},
               {"warmup_seconds", b.warmup_seconds},
               {"batch_size", options.batch_size},
               {"image_size", options.image_size_px},
               {"precision", config::to_name(options.precision)},
               {"device", options.device.str()},
               {"threads", at::get_num_threads()},
               {"params", counts.params},
               {"macs", counts.macs},
               {"product_macs", counts.product_macs},
               {"libtorch", TORCH_VERSION},
               {"machine", machine_description()}});
  return json;
}

void add_options(Arguments& arguments) {
  arguments.options()("image-size", "side of the square image, px (default: the config's, or 224)",
                      cxxopts::value<int64_t>(), "N")("batch-size", "images a step (default: the config's, or 32)",
                                                      cxxopts::value<int64_t>(), "N")(
      "precision", "of the numbers (default: the config's, or fp32)", cxxopts::value<std::string>(), "fp32|bf16")(
      "seconds", "of each measurement", cxxopts::value<double>()->default_value("5"), "S")(
      "threads", "of LibTorch (default: its own choice)", cxxopts::value<int64_t>(), "N")(
      "device", "cpu, cuda or cuda:N", cxxopts::value<std::string>()->default_value("cpu"), "DEVICE")(
      "profile", "where a training step's time goes; of an experiment with its data and loader")(
      "loader", "measure the loader of the experiment CONFIG alone")(
      "workers", "of the loader, with --loader or --profile (default: one a core)", cxxopts::value<int64_t>(), "N")(
      "set",
      "PTR=VALUE: change a field of the experiment CONFIG; of a network alone one of /model or /recipe, of which only "
      "--profile uses more than batch_size, precision and checkpoint_activations; may be repeated",
      cxxopts::value<std::vector<std::string>>(), "PTR=VALUE");
}

void check_options(const Arguments& arguments) {
  const auto seconds = arguments.get<double>("seconds");
  if (!(seconds >= 0.01 && seconds <= 3600)) throw RequestError("--seconds: allowed is a number from 0.01 to 3600");
  const bool profile = arguments.has("profile"), loader = arguments.has("loader");
  if (profile && loader) throw RequestError("--profile and --loader: are two measurements, one at a time");
  if (arguments.has("workers") && !profile && !loader)
    throw RequestError("--workers: goes only with --loader or --profile");
  // A device that computes on its own is not where the time of a call goes.
  if (profile && arguments.get<std::string>("device") != "cpu")
    throw RequestError("--profile: measures on the CPU, found --device " + arguments.get<std::string>("device"));
}

void check_network(const BenchSubject& subject) {
  if (subject.experiment && subject.experiment->options.kind != config::ExperimentKind::single)
    throw RequestError(subject.name +
                       ": /kind is not single, so it has several networks; name one, as LADDER/RUNG or a model's file");
  if (subject.configuration.model.norm == config::Norm::batch && subject.configuration.recipe.batch_size < 2)
    throw RequestError(
        "--batch-size: 1 cannot go with /model/norm batch, whose training needs at least 2 images a step");
}

plan::ModelCounts count(const config::Configuration& c) {
  plan::ModelCounts counts;
  const plan::ImageSize image = plan::square(c.data.image_size_px);
  for (const auto& layer : plan::count_layers(plan::plan_model(c.model, image), {"", "--image-size"})) {
    counts.params += layer.params;
    counts.macs += layer.macs;
    counts.product_macs += layer.product_macs;
  }
  return counts;
}

void print(const BenchSubject& subject, const train::BenchmarkOptions& options, const train::Benchmark& b) {
  std::cout << subject.name << ", " << options.image_size_px << " px, batch " << options.batch_size << ", "
            << config::to_name(options.precision) << ", " << options.device.str() << ", " << at::get_num_threads()
            << " threads\n";
  std::vector<SpeedRow> rows = speed_rows({b.inference});
  rows.insert(rows.begin() + 1, {"training", decimals(b.training_images_per_second, 1), "images/s"});
  rows.push_back({"peak memory, inference", decimals(b.inference.memory_mb, 0), "MB of the process"});
  rows.push_back({"peak memory, training", decimals(b.training_memory_mb, 0), "MB of the process"});
  rows.push_back({"warm-up, not counted", decimals(b.warmup_seconds, 1), "s"});
  print_table({"measure", "value", "unit"}, {false, true, false}, rows);
}

int bench_network(const Arguments& arguments, const BenchSubject& subject) {
  const config::Configuration& c = subject.configuration;
  const train::BenchmarkOptions options{c.data.image_size_px,
                                        c.recipe.batch_size,
                                        c.recipe.precision,
                                        parse_device(arguments.get<std::string>("device")),
                                        arguments.get<double>("seconds"),
                                        c.recipe.checkpoint_activations};
  const plan::ModelCounts counts = count(c);
  nn::Classifier model(c.model, plan::square(c.data.image_size_px));
  nn::initialize(model, 0);
  const train::Benchmark result = train::benchmark(model, options);
  if (arguments.json()) print_json(to_json(subject, options, result, counts));
  else print(subject, options, result);
  return 0;
}

}  // namespace

int run_bench(const Words& words) {
  Arguments arguments(
      "bench",
      "Speed and memory of a network on random images: inference, training, latency at batch 1. Or with\n"
      "--profile where a training step's time goes, by kind of layer; or with --loader how many training\n"
      "images a second an experiment's data and recipe give, without a network. Of an exported file its\n"
      "inference by LibTorch or ONNX Runtime, beside that of the network in it.",
      "CONFIG|MODEL|FILE.pt|FILE.onnx", "staircase bench convnext_tiny --batch-size 16 --json");
  add_options(arguments);
  if (!arguments.parse(words, 1, 1)) return 0;
  check_options(arguments);
  if (arguments.has("threads")) at::set_num_threads(static_cast<int>(arguments.bounded("threads", 1024)));
  if (is_deployed_file(arguments.positional()[0])) return bench_file(arguments);
  const BenchSubject subject = read_bench_subject(arguments);
  if (arguments.has("loader")) return bench_loader(arguments, subject);
  check_network(subject);
  return arguments.has("profile") ? bench_profile(arguments, subject) : bench_network(arguments, subject);
}

}  // namespace staircase::apps
