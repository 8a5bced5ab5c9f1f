#include <ATen/Parallel.h>
#include <onnx/checker.h>
#include <onnx/shape_inference/implementation.h>

#include <cmath>
#include <map>

#include "staircase/base/errors.h"
#include "staircase/base/files.h"
#include "staircase/base/text.h"
#include "staircase/interop/export_examples.h"
#include "staircase/interop/export_metadata.h"
#include "staircase/interop/onnx/export.h"
#include "staircase/interop/onnx/layers.h"
#include "staircase/interop/onnx/onnx_runtime.h"
#include "staircase/interop/onnx/preprocessing.h"
#include "staircase/interop/onnx/runner.h"
#include "staircase/interop/preprocessing.h"

namespace staircase::interop {
namespace fs = std::filesystem;
namespace {

constexpr double tolerance = 1e-4;  // of the largest logit: fp32 in another order

/// The network's plan for images of the description's size.
plan::ModelPlan plan_of(const nn::Classifier& model, const ModelDescription& description) {
  return plan::plan_model(model.options(), plan::square(description.data.image_size_px));
}

OnnxGraph make_graph(nn::Classifier& model, const ModelDescription& description, const plan::ModelPlan& plan,
                     bool any_size, const OnnxOptions& options) {
  OnnxGraph graph("staircase");
  using Dimension = OnnxGraph::Dimension;
  const std::string batch = "batch";
  const int64_t channels = model.options().in_channels, size = description.data.image_size_px;
  const Dimension height = any_size ? Dimension(std::string("height")) : Dimension(size);
  const Dimension width = any_size ? Dimension(std::string("width")) : Dimension(size);
  std::string input = options.include_preprocessing ? "image" : "images";
  if (options.include_preprocessing) {
    graph.add_input(input, onnx::TensorProto::UINT8, {batch, std::string("height"), std::string("width"), channels});
    input = add_preprocessing(graph, description, input);
  } else {
    graph.add_input(input, onnx::TensorProto::FLOAT, {batch, channels, height, width});
  }
  std::map<std::string, torch::Tensor> tensors;
  for (const nn::NamedTensor& each : nn::named_state(model)) tensors[each.name] = each.tensor;
  const std::string logits = add_network(graph, plan, input, [&](const std::string& name) { return tensors.at(name); });
  graph.set_scope("");
  graph.add_named("Identity", {logits}, "logits");
  graph.add_output("logits", onnx::TensorProto::FLOAT, {batch, model.options().num_classes});
  for (const auto& [key, value] : export_metadata(description, "fp32", options.include_preprocessing)) {
    auto* entry = graph.model().add_metadata_props();
    entry->set_key(key);
    entry->set_value(value);
  }
  return graph;
}

int64_t weight_bytes(const onnx::ModelProto& model) {
  int64_t bytes = 0;
  for (const auto& tensor : model.graph().initializer()) bytes += static_cast<int64_t>(tensor.raw_data().size());
  return bytes;
}

/// Takes the weights out of the model and into a file, which is named relative to it.
void move_weights(onnx::ModelProto& model, const fs::path& file, const std::string& location) {
  write_file_atomically(file, [&](std::ostream& out) {
    int64_t offset = 0;
    for (auto& tensor : *model.mutable_graph()->mutable_initializer()) {
      const std::string bytes = tensor.raw_data();
      out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
      tensor.clear_raw_data();
      tensor.set_data_location(onnx::TensorProto::EXTERNAL);
      const std::pair<const char*, std::string> entries[] = {
          {"location", location}, {"offset", std::to_string(offset)}, {"length", std::to_string(bytes.size())}};
      for (const auto& [key, value] : entries) {
        auto* entry = tensor.add_external_data();
        entry->set_key(key);
        entry->set_value(value);
      }
      offset += static_cast<int64_t>(bytes.size());
    }
  });
}

/// ONNX's own opinion: the form, the types and the shapes.
void check(onnx::ModelProto& model, const fs::path& file) {
  onnx::checker::check_model(file.string());
  onnx::shape_inference::InferShapes(model, onnx::OpSchemaRegistry::Instance(), {true, 1, true});
}

/// What the file takes, and the network for it.
struct Example {
  torch::Tensor given, images;
};

std::vector<Example> examples(const ModelDescription& description, bool any_size, bool preprocessing) {
  const int64_t channels = description.model.in_channels, size = description.data.image_size_px;
  std::vector<Example> all;
  if (preprocessing) {
    for (const auto& [height, width] : {std::pair{301, 200}, {97, 640}, {24, 24}}) {
      const Photograph photograph = example_photograph(height, width, description);
      all.push_back({photograph.pixels.unsqueeze(0), photograph.prepared});
    }
    return all;
  }
  std::vector<std::vector<int64_t>> shapes{
      {2, channels, size, size}, {3, channels, size, size}, {1, channels, size, size}};
  if (any_size) shapes = {{2, channels, 96, 64}, {3, channels, 64, 128}, {1, channels, 160, 192}};
  for (const auto& shape : shapes) all.push_back({wave(shape), wave(shape)});
  return all;
}

/// The larger of a difference so far and that of two tensors; once it is no number it stays so.
double larger(double so_far, const torch::Tensor& expected, const torch::Tensor& found) {
  if (expected.sizes() != found.sizes()) throw std::runtime_error("the file gives logits of another shape");
  const double difference = (expected - found).abs().max().item<double>();
  return std::isnan(difference) || difference > so_far ? difference : so_far;
}

void verify(const fs::path& file, nn::Classifier& model, const std::vector<Example>& examples, OnnxReport& report) {
  const OnnxRunner runner(file);
  const auto by_others = has_onnx_runtime() ? open_onnx(file, at::get_num_threads()) : nullptr;
  if (by_others) report.runtime = by_others->runtime();
  double scale = 0;
  for (const Example& each : examples) {
    const torch::Tensor expected = model.forward(each.images);
    report.max_abs_diff = larger(report.max_abs_diff, expected, runner.run(each.given));
    if (by_others) report.max_abs_diff = larger(report.max_abs_diff, expected, by_others->run(each.given.contiguous()));
    if (std::isnan(report.max_abs_diff)) break;
    scale = std::max(scale, expected.abs().max().item<double>());
    report.verified_shapes.push_back(each.given.sizes().vec());
  }
  report.bound = tolerance * scale;
  if (!(report.max_abs_diff <= report.bound))
    throw std::runtime_error("the file's logits differ from the network's by " + decimals(report.max_abs_diff, 6) +
                             ", at most " + decimals(report.bound, 6) + " is allowed; it was deleted");
}

void remove_file(const fs::path& file) {
  std::error_code ignored;
  if (!file.empty()) fs::remove(file, ignored);
}

}  // namespace

OnnxReport export_onnx(nn::Classifier& model, const ModelDescription& description, const fs::path& path,
                       const OnnxOptions& options) {
  const torch::NoGradGuard no_grad;
  model.eval();
  model.to(torch::kCPU, torch::kFloat);
  if (options.include_preprocessing) check_channels(model.options().in_channels);
  const plan::ModelPlan plan = plan_of(model, description);
  OnnxReport report;
  report.any_size = !is_of_one_size(plan);
  OnnxGraph graph = make_graph(model, description, plan, report.any_size, options);
  fs::path unverified = path;
  unverified += ".unverified";
  try {
    if (weight_bytes(graph.model()) > options.most_bytes_inside) {
      report.weights_file = path;
      report.weights_file += ".data";
      move_weights(graph.model(), report.weights_file, report.weights_file.filename().string());
    }
    write_file_atomically(unverified, graph.model().SerializeAsString());
    check(graph.model(), unverified);
    verify(unverified, model, examples(description, report.any_size, options.include_preprocessing), report);
    fs::rename(unverified, path);
    return report;
  } catch (const std::exception& error) {
    remove_file(unverified);
    remove_file(report.weights_file);
    throw std::runtime_error(path.string() + ": " + error.what());
  }
}

}  // namespace staircase::interop
