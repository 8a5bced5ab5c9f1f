#include <cstdio>
#include <iostream>

#include "arguments.h"
#include "console.h"
#include "device.h"
#include "export_lines.h"
#include "network.h"
#include "output_place.h"
#include "staircase/base/errors.h"
#include "staircase/base/text.h"
#include "staircase/interop/onnx/export.h"
#include "staircase/interop/torchscript.h"
#include "staircase/nn/initialize.h"
#include "weights.h"

namespace staircase::apps {
namespace {

std::string shapes_text(const std::vector<std::vector<int64_t>>& shapes) {
  std::vector<std::string> texts;
  for (const auto& shape : shapes) {
    std::vector<std::string> sizes;
    for (int64_t size : shape) sizes.push_back(std::to_string(size));
    texts.push_back(join(sizes, "x"));
  }
  return join(texts);
}

using Exported = std::pair<std::shared_ptr<nn::Classifier>, interop::ModelDescription>;

Exported trained(const Arguments& arguments) {
  const interop::ModelFile file = open_weights(arguments);
  return {interop::build_model(file), file.description};
}

/// Without weights a network is exported as its initialization leaves it: for measuring its speed elsewhere.
Exported untrained(const Arguments& arguments) {
  if (!arguments.has("model")) throw RequestError("export: needs --weights, or --model alone for an untrained network");
  interop::ModelDescription description;
  auto model =
      std::make_shared<nn::Classifier>(network_from_argument(arguments.get<std::string>("model")).model.options);
  nn::initialize(*model, 0);
  description.model = model->options();
  const int64_t imagenet_size_px = 224;
  description.data.image_size_px = image_size_option(arguments).value_or(imagenet_size_px);
  return {model, description};
}

/// By --format, else by the name of the file.
bool is_onnx(const Arguments& arguments, const std::string& out) {
  if (!arguments.has("format")) {
    if (!out.ends_with(".pt") && !out.ends_with(".onnx"))
      throw RequestError("--out " + out + ": is written as TorchScript or ONNX, so its name ends in .pt or .onnx");
    return out.ends_with(".onnx");
  }
  const auto format = arguments.get<std::string>("format");
  const std::vector<std::string> known{"torchscript", "onnx"};
  if (format != "torchscript" && format != "onnx")
    throw RequestError("--format: \"" + format + "\" is not one of " + join(known) + did_you_mean(format, known));
  const std::string end = format == "onnx" ? ".onnx" : ".pt";
  if (!out.ends_with(end))
    throw RequestError("--out " + out + ": is written as " + (format == "onnx" ? "ONNX" : "TorchScript") +
                       ", so its name ends in " + end);
  return format == "onnx";
}

interop::ExportOptions torchscript_options(const Arguments& arguments) {
  interop::ExportOptions options;
  options.precision =
      config::Codec<interop::ExportPrecision>::read(arguments.get<std::string>("precision"), {"", "--precision"}, {});
  options.include_preprocessing = arguments.has("include-preprocessing");
  options.freeze = arguments.has("freeze");
  options.device = parse_device(arguments.get<std::string>("device"));
  return options;
}

/// What only TorchScript has.
void check_onnx_options(const Arguments& arguments) {
  for (const char* option : {"precision", "freeze", "device"})
    if (arguments.has(option))
      throw RequestError(std::string("--") + option +
                         ": goes with TorchScript alone; ONNX is written in fp32 and runs "
                         "where and as its runtime decides");
}

Exported exported(const Arguments& arguments) {
  return arguments.has("weights") ? trained(arguments) : untrained(arguments);
}

std::string three_digits(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3g", value);
  return text;
}

void print_verified(const std::string& out, const std::string& name, const std::vector<std::vector<int64_t>>& shapes,
                    double difference, double bound) {
  std::cout << out << ": " << name << ", verified at " << shapes_text(shapes) << ", largest difference of a logit "
            << three_digits(difference) << " (allowed " << three_digits(bound) << ")\n";
}

void export_as_torchscript(const Arguments& arguments, const std::string& out) {
  const interop::ExportOptions options = torchscript_options(arguments);
  const auto [model, description] = exported(arguments);
  const std::string name = model_name(description.model);
  std::cerr << "tracing " << name << " at " << description.data.image_size_px << " px, then comparing what " << out
            << " holds at other shapes: seconds to minutes\n";
  const interop::ExportReport report = interop::export_torchscript(*model, description, out, options);
  if (arguments.json()) {
    print_json({{"model", name},
                {"file", out},
                {"format", "torchscript"},
                {"precision", config::to_name(options.precision)},
                {"max_abs_diff", report.max_abs_diff},
                {"max_abs_diff_fp32", report.max_abs_diff_fp32},
                {"bound", report.bound},
                {"verified_shapes", report.verified_shapes}});
    return;
  }
  print_verified(out, name, report.verified_shapes, report.max_abs_diff, report.bound);
  std::cout << "\nIn Python:\n\n" << torchscript_lines(out, description, options.include_preprocessing);
}

void export_as_onnx(const Arguments& arguments, const std::string& out) {
  check_onnx_options(arguments);
  const auto [model, description] = exported(arguments);
  const std::string name = model_name(description.model);
  interop::OnnxOptions options;
  options.include_preprocessing = arguments.has("include-preprocessing");
  const interop::OnnxReport report = interop::export_onnx(*model, description, out, options);
  if (arguments.json()) {
    print_json({{"model", name},
                {"file", out},
                {"format", "onnx"},
                {"weights_file", report.weights_file.string()},
                {"any_size", report.any_size},
                {"max_abs_diff", report.max_abs_diff},
                {"bound", report.bound},
                {"verified_shapes", report.verified_shapes},
                {"runtime", report.runtime.empty() ? config::Json(nullptr) : config::Json(report.runtime)}});
    return;
  }
  print_verified(out, name, report.verified_shapes, report.max_abs_diff, report.bound);
  if (!report.runtime.empty()) std::cout << "computed by " << report.runtime << ", too\n";
  if (!report.weights_file.empty()) std::cout << "its weights lie in " << report.weights_file.string() << "\n";
  if (!report.any_size)
    std::cout << "its network takes images of " << description.data.image_size_px << " px alone: windows and tables of "
              << "positions are written for one size\n";
  std::cout << "\nIn Python:\n\n" << onnx_lines(out, description, options.include_preprocessing);
}

}  // namespace

int run_export(const Words& words) {
  Arguments arguments("export", "A network as TorchScript or ONNX, compared with the original after writing.", "",
                      "staircase export --weights runs/photos:gelu@0 --out photos.pt --include-preprocessing");
  add_weights_options(arguments);
  add_image_size_option(arguments);
  arguments.options()("out", "the file to write", cxxopts::value<std::string>(), "FILE.pt|FILE.onnx")(
      "format", "(default: by the name of the file)", cxxopts::value<std::string>(), "torchscript|onnx")(
      "precision", "of TorchScript's numbers, where the device computes in it",
      cxxopts::value<std::string>()->default_value("fp32"), "fp32|bf16|fp16")(
      "include-preprocessing",
      "resize, crop and normalize inside: take uint8 pixels of any size, as predict reads files; TorchScript (H, W, 3) "
      "or (N, H, W, 3), ONNX (N, H, W, 3)")(
      "freeze", "TorchScript's parameters become constants, norms are folded into convolutions")(
      "device", "that computes TorchScript: cpu, cuda or cuda:N", cxxopts::value<std::string>()->default_value("cpu"),
      "DEVICE");
  if (!arguments.parse(words, 0, 0)) return 0;
  arguments.need({"out"});
  const auto out = arguments.get<std::string>("out");
  const bool onnx = is_onnx(arguments, out);
  check_output(out, "--out");
  if (onnx) export_as_onnx(arguments, out);
  else export_as_torchscript(arguments, out);
  return 0;
}

}  // namespace staircase::apps
