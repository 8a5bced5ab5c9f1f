#include "bench_file.h"

#include <ATen/Parallel.h>

#include <iostream>

#include "bench_speed.h"
#include "console.h"
#include "device.h"
#include "staircase/base/build_info.h"
#include "staircase/base/errors.h"
#include "staircase/base/text.h"
#include "staircase/config/codec.h"
#include "staircase/interop/deployed.h"
#include "staircase/interop/onnx/onnx_runtime.h"
#include "staircase/nn/initialize.h"
#include "staircase/nn/libtorch.h"
#include "staircase/plan/plan.h"
#include "staircase/train/benchmark.h"

namespace staircase::apps {
namespace {

bool is_onnx(const std::string& file) { return file.ends_with(".onnx"); }

void check_options(const Arguments& arguments, const std::string& file) {
  for (const char* option : {"profile", "loader", "workers", "set"})
    if (arguments.has(option))
      throw RequestError("--" + std::string(option) + ": goes with a network or an experiment; " + file +
                         " is measured as it is");
  if (arguments.has("precision"))
    throw RequestError("--precision: is fixed in " + file + "; staircase export --precision writes another file");
  if (is_onnx(file) && arguments.get<std::string>("device") != "cpu")
    throw RequestError("--device " + arguments.get<std::string>("device") + ": ONNX files are measured on the CPU");
}

/// A side that the file fixes must be the one that is asked for.
void check_size(const interop::DeployedNetwork& file, const Arguments& arguments, int64_t size_px) {
  const interop::DeployedInput& input = file.input();
  const int64_t height = input.height_px.value_or(size_px), width = input.width_px.value_or(size_px);
  if (arguments.has("image-size") && (height != size_px || width != size_px))
    throw RequestError("--image-size " + std::to_string(size_px) + ": " + file.file() + " takes images of " +
                       std::to_string(width) + "x" + std::to_string(height) + " px alone");
  if (input.batch && *input.batch != 1)
    throw RequestError(file.file() + ": takes batches of " + std::to_string(*input.batch) +
                       " images alone, and bench measures the latency of one");
  if (input.batch && arguments.has("batch-size") && arguments.bounded("batch-size", 65536) != 1)
    throw RequestError("--batch-size: " + file.file() + " takes one image at a time");
}

/// Random images as the file takes them, and as its users have them: contiguous.
torch::Tensor random_images(const interop::DeployedInput& input, int64_t count, int64_t size_px, torch::Device device) {
  const int64_t height = input.height_px.value_or(size_px), width = input.width_px.value_or(size_px);
  if (!input.pixels) return torch::randn({count, input.channels, height, width}).to(device);
  return torch::randint(256, {count, height, width, input.channels}, torch::kByte).to(device);
}

struct Measured {
  train::BenchmarkOptions options;
  std::string precision;  ///< of the file; empty: it does not say
  train::InferenceSpeed of_file;
  std::optional<train::InferenceSpeed> of_network;
};

int64_t image_size_px(const interop::DeployedNetwork& file, const Arguments& arguments) {
  if (arguments.has("image-size")) return arguments.bounded("image-size", 4096);
  if (file.input().height_px) return *file.input().height_px;
  const int64_t imagenet_size_px = 224;
  return file.exported_as() ? file.exported_as()->image_size_px : imagenet_size_px;
}

train::BenchmarkOptions options_of(const interop::DeployedNetwork& file, const Arguments& arguments) {
  train::BenchmarkOptions options;
  options.image_size_px = image_size_px(file, arguments);
  if (arguments.has("batch-size")) options.batch_size = arguments.bounded("batch-size", 65536);
  else if (file.input().batch) options.batch_size = *file.input().batch;
  options.device = parse_device(arguments.get<std::string>("device"));
  options.seconds = arguments.get<double>("seconds");
  return options;
}

/// The network that the file was exported from, as initialization leaves it: its numbers do not decide its speed.
/// Empty: the file does not say which, or is of a precision that the network itself has not.
class NetworkInside {
 public:
  NetworkInside(const interop::DeployedNetwork& file, train::BenchmarkOptions options) : options_(options) {
    const auto& exported = file.exported_as();
    if (!exported || exported->precision == "fp16") return;
    options_.precision = config::Codec<config::Precision>::read(exported->precision, {file.file(), "/precision"}, {});
    if (exported->preprocessing) options_.image_size_px = exported->image_size_px;
    model_ = std::make_unique<nn::Classifier>(exported->model, plan::square(options_.image_size_px));
    nn::initialize(*model_, 0);
  }

  std::optional<train::InferenceSpeed> measure() {
    return model_ ? std::optional(train::measure_inference(*model_, options_)) : std::nullopt;
  }

 private:
  train::BenchmarkOptions options_;
  std::unique_ptr<nn::Classifier> model_;
};

Measured measure(interop::DeployedNetwork& file, const train::BenchmarkOptions& options) {
  Measured measured;
  measured.options = options;
  if (file.exported_as()) measured.precision = file.exported_as()->precision;
  const torch::Tensor images = random_images(file.input(), options.batch_size, options.image_size_px, options.device);
  for (const torch::Tensor& each : {images.narrow(0, 0, 1), images}) file.check_takes(each);
  NetworkInside network(file, options);
  measured.of_file =
      train::measure_inference([&](const torch::Tensor& batch) { return file.run(batch); }, images, options.seconds);
  measured.of_network = network.measure();
  return measured;
}

config::Json to_json(const interop::DeployedNetwork& file, const Measured& measured) {
  const train::BenchmarkOptions& options = measured.options;
  config::Json json = {{"model", file.file()}, {"runtime", file.runtime()}, {"preprocessing", file.input().pixels}};
  json.update(speed_json(measured.of_file));
  json["network"] = measured.of_network ? speed_json(*measured.of_network) : config::Json(nullptr);
  json.update({{"batch_size", options.batch_size},
               {"image_size", options.image_size_px},
               {"precision", measured.precision.empty() ? config::Json(nullptr) : config::Json(measured.precision)},
               {"device", options.device.str()},
               {"threads", at::get_num_threads()},
               {"libtorch", TORCH_VERSION},
               {"machine", machine_description()}});
  return json;
}

void print(const interop::DeployedNetwork& file, const Measured& measured) {
  const train::BenchmarkOptions& options = measured.options;
  std::cout << file.file() << ", " << options.image_size_px << " px, batch " << options.batch_size << ", "
            << (measured.precision.empty() ? "" : measured.precision + ", ") << options.device.str() << ", "
            << at::get_num_threads() << " threads"
            << (file.input().pixels ? ", of pixels: what prepares them is in the file" : "") << "\n";
  std::vector<std::string> header{"measure", file.runtime()};
  std::vector<bool> right{false, true};
  std::vector<train::InferenceSpeed> speeds{measured.of_file};
  std::vector<std::string> memory{"peak memory, inference", decimals(measured.of_file.memory_mb, 0)};
  std::vector<std::string> warmup{"warm-up, not counted", decimals(measured.of_file.warmup_seconds, 1)};
  if (measured.of_network) {
    header.push_back("the network");
    right.push_back(true);
    speeds.push_back(*measured.of_network);
    memory.push_back("");  // the process has its peak behind it
    warmup.push_back(decimals(measured.of_network->warmup_seconds, 1));
  }
  header.push_back("unit");
  right.push_back(false);
  memory.push_back("MB of the process");
  warmup.push_back("s");
  std::vector<SpeedRow> rows = speed_rows(speeds);
  rows.push_back(memory);
  rows.push_back(warmup);
  print_table(header, right, rows);
}

}  // namespace

bool is_deployed_file(const std::string& argument) { return argument.ends_with(".pt") || is_onnx(argument); }

int bench_file(const Arguments& arguments) {
  const std::string path = arguments.positional()[0];
  check_options(arguments, path);
  const torch::Device device = parse_device(arguments.get<std::string>("device"));
  const auto file =
      is_onnx(path) ? interop::open_onnx(path, at::get_num_threads()) : interop::open_torchscript(path, device);
  const train::BenchmarkOptions options = options_of(*file, arguments);
  check_size(*file, arguments, options.image_size_px);
  const Measured measured = measure(*file, options);
  if (arguments.json()) print_json(to_json(*file, measured));
  else print(*file, measured);
  return 0;
}

}  // namespace staircase::apps
