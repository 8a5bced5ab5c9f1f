#include "staircase/interop/torchscript.h"

#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/frontend/tracer.h>
#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/csrc/jit/serialization/import.h>

#include <algorithm>
#include <cmath>
#include <sstream>

#include "staircase/base/errors.h"
#include "staircase/base/files.h"
#include "staircase/base/text.h"
#include "staircase/interop/export_examples.h"
#include "staircase/interop/export_metadata.h"
#include "staircase/interop/preprocessing.h"

namespace staircase::interop {
namespace fs = std::filesystem;
namespace {

using CompilationUnit = std::shared_ptr<torch::jit::CompilationUnit>;

torch::ScalarType scalar_type(ExportPrecision precision) {
  switch (precision) {
    case ExportPrecision::bf16: return torch::kBFloat16;
    case ExportPrecision::fp16: return torch::kHalf;
    default: return torch::kFloat;
  }
}

/// A TorchScript module with the same names that holds the same tensors. The tracer knows a
/// parameter by its tensor, so it must be the very one that the network computes with.
torch::jit::Module mirror(const torch::nn::Module& module, const CompilationUnit& unit) {
  torch::jit::Module script(c10::QualifiedName("__torch__.staircase.Module"), unit, /*shouldMangle=*/true);
  script.register_attribute("training", c10::BoolType::get(), false);
  for (const auto& item : module.named_parameters(false)) script.register_parameter(item.key(), item.value(), false);
  for (const auto& item : module.named_buffers(false)) script.register_buffer(item.key(), item.value());
  for (const auto& item : module.named_children()) script.register_module(item.key(), mirror(*item.value(), unit));
  return script;
}

/// What the exported network computes: the network between its casts.
struct Pipeline {
  nn::Classifier& model;
  torch::ScalarType type;

  torch::Tensor operator()(const torch::Tensor& images) const {
    return model.forward(images.to(type)).to(torch::kFloat);
  }
};

torch::jit::Module trace(const Pipeline& pipeline, const ModelDescription& description, const ExportOptions& options) {
  const auto unit = std::make_shared<torch::jit::CompilationUnit>();
  torch::jit::Module script = mirror(pipeline.model, unit);
  if (options.include_preprocessing)
    script.register_module("preprocessing", make_preprocessing(description, unit, options.device));
  const int64_t side_px = 64;
  const torch::Tensor images = wave({1, pipeline.model.options().in_channels, side_px, side_px}).to(options.device);
  const auto traced = torch::jit::tracer::trace(
      {images}, [&](torch::jit::Stack inputs) { return torch::jit::Stack{pipeline(inputs.at(0).toTensor())}; },
      [](const torch::Tensor&) { return std::string(); }, /*strict=*/true, /*force_outplace=*/false, &script,
      {"images"});
  // Tracing fixes sizes, so what depends on the size of the image is no part of the trace.
  const char* name = options.include_preprocessing ? "classify" : "forward";
  auto* method = unit->create_function(c10::QualifiedName(*script.type()->name(), name), traced.first->graph);
  script.type()->addMethod(method);
  if (options.include_preprocessing)
    script.define(
        "def forward(self, image: Tensor) -> Tensor:\n"
        "    return self.classify(self.preprocessing.forward(image))\n");
  // Python asks every module whether it trains.
  return options.freeze ? torch::jit::freeze(script, std::vector<std::string>{"training"}) : script;
}

torch::jit::ExtraFilesMap extra_files(const ModelDescription& description, const ExportOptions& options) {
  const auto metadata =
      export_metadata(description, config::to_name(options.precision), options.include_preprocessing);
  return {metadata.begin(), metadata.end()};
}

double largest(const torch::Tensor& tensor) { return tensor.abs().max().item<double>(); }

/// What the network gives, before it changes to the export's precision and after.
struct Expected {
  torch::Tensor images;  ///< as the file takes them
  torch::Tensor inputs;  ///< as the network does
  torch::Tensor fp32, logits;
};

std::vector<Expected> examples(const ModelDescription& description, const ExportOptions& options) {
  const int64_t channels = description.model.in_channels;
  std::vector<Expected> all;
  if (options.include_preprocessing) {
    for (const auto& [height, width] : {std::pair{301, 200}, {97, 640}, {24, 24}}) {
      const Photograph photograph = example_photograph(height, width, description);
      all.push_back({photograph.pixels, photograph.prepared, {}, {}});
    }
  } else {
    for (const std::vector<int64_t>& shape :
         {std::vector<int64_t>{2, channels, 96, 64}, {3, channels, 64, 128}, {1, channels, 160, 192}})
      all.push_back({wave(shape), wave(shape), {}, {}});
  }
  for (Expected& each : all) {
    each.images = each.images.to(options.device);
    each.inputs = each.inputs.to(options.device);
  }
  return all;
}

std::vector<Expected> expectations(Pipeline& pipeline, const ModelDescription& description,
                                   const ExportOptions& options) {
  std::vector<Expected> all = examples(description, options);
  const torch::ScalarType type = pipeline.type;
  pipeline.type = torch::kFloat;
  pipeline.model.to(options.device, torch::kFloat);
  for (Expected& each : all) each.fp32 = pipeline(each.inputs);
  pipeline.type = type;
  pipeline.model.to(type);
  for (Expected& each : all) each.logits = pipeline(each.inputs);
  return all;
}

/// Refuses a precision that the device does not compute, in a sentence instead of an operator's name.
std::vector<Expected> expectations_or_refusal(Pipeline& pipeline, const ModelDescription& description,
                                              const ExportOptions& options) {
  try {
    return expectations(pipeline, description, options);
  } catch (const c10::Error&) {
    if (options.precision == ExportPrecision::fp32) throw;
    throw RequestError("--precision " + std::string(config::to_name(options.precision)) +
                       ": this LibTorch does not compute it on " + options.device.str() + "; fp32 works everywhere");
  }
}

/// Loads the file and compares it with what the network gave. The graph runs as it was written: newer
/// LibTorch compiles it anew for every shape, which takes seconds each.
ExportReport verify(const fs::path& file, const std::vector<Expected>& expected, const ExportOptions& options) {
  const torch::jit::GraphOptimizerEnabledGuard as_written(false);
  torch::jit::Module loaded = torch::jit::load(file.string(), options.device);
  ExportReport report;
  double scale = 0;
  for (const Expected& each : expected) {
    const torch::Tensor logits = loaded.forward({each.images}).toTensor();
    if (logits.sizes() != each.logits.sizes()) {
      std::ostringstream shapes;
      shapes << "the file gives logits of shape " << logits.sizes() << ", the network " << each.logits.sizes();
      throw std::runtime_error(shapes.str());
    }
    const double difference = largest(logits - each.logits);
    scale = std::max(scale, largest(each.logits));
    // NaN compares false with everything, so it is asked for by name.
    report.max_abs_diff = std::isnan(difference) ? difference : std::max(report.max_abs_diff, difference);
    if (std::isnan(difference)) break;
    report.max_abs_diff_fp32 = std::max(report.max_abs_diff_fp32, largest(logits - each.fp32));
    report.verified_shapes.push_back(each.images.sizes().vec());
  }
  report.bound = export_tolerance(options.precision) * scale;
  if (!(report.max_abs_diff <= report.bound))
    throw std::runtime_error("the file's logits differ from the network's by " + decimals(report.max_abs_diff, 6) +
                             ", at most " + decimals(report.bound, 6) + " is allowed; it was deleted");
  return report;
}

}  // namespace

double export_tolerance(ExportPrecision precision) {
  switch (precision) {
    case ExportPrecision::bf16: return 3e-2;  // 8 bits of mantissa; folded norms round differently
    case ExportPrecision::fp16: return 4e-3;  // 11 bits
    default: return 1e-4;
  }
}

ExportReport export_torchscript(nn::Classifier& model, const ModelDescription& description, const fs::path& path,
                                const ExportOptions& options) {
  const torch::NoGradGuard no_grad;
  model.eval();
  if (options.include_preprocessing) check_channels(model.options().in_channels);
  Pipeline pipeline{model, scalar_type(options.precision)};
  const std::vector<Expected> expected = expectations_or_refusal(pipeline, description, options);
  const torch::jit::Module script = trace(pipeline, description, options);
  fs::path unverified = path;
  unverified += ".unverified";
  try {
    write_file_atomically(unverified, [&](std::ostream& out) { script.save(out, extra_files(description, options)); });
    ExportReport report = verify(unverified, expected, options);
    fs::rename(unverified, path);
    return report;
  } catch (const std::exception& error) {
    std::error_code ignored;
    fs::remove(unverified, ignored);
    if (dynamic_cast<const c10::Error*>(&error)) throw;
    throw std::runtime_error(path.string() + ": " + error.what());
  }
}

}  // namespace staircase::interop
