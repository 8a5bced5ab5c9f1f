// What every model must export is in the matrix; Python reads exports in tests/reference/exports.py.
#include "staircase/interop/torchscript.h"

#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/serialization/import.h>

#include "formats/files.h"
#include "staircase/base/errors.h"
#include "staircase/nn/initialize.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

using namespace staircase;
using namespace staircase::interop;
using namespace staircase::tests;

namespace {

struct Subject {
  Subject() {
    config::ModelOptions options = plan::find_model("resnet50-convnext_tiny/kernel_7", {"test", ""}).options;
    options.width_factor = 0.125;
    options.depths = {1, 1};
    options.num_classes = 5;
    model = std::make_shared<nn::Classifier>(options);
    nn::initialize(*model, 3);
    model->eval();
    description.model = model->options();
    description.class_names = {"a", "b", "c", "d", "e"};
    description.data.mean = {0.4, 0.5, 0.6};
  }
  std::shared_ptr<nn::Classifier> model;
  ModelDescription description;
  TemporaryFolder folder;
  std::filesystem::path file = folder / "model.pt";
};

torch::Tensor run(torch::jit::Module& script, const torch::Tensor& images) {
  return script.forward({images}).toTensor();
}

double largest_difference(const torch::Tensor& a, const torch::Tensor& b) { return (a - b).abs().max().item<double>(); }

}  // namespace

TEST_CASE("Preprocessing inside a file is what normalizing outside would be", "[interop]") {
  const torch::NoGradGuard no_grad;
  Subject s;
  ExportOptions options;
  options.include_preprocessing = true;
  export_torchscript(*s.model, s.description, s.file, options);
  torch::jit::Module script = torch::jit::load(s.file.string());
  const torch::Tensor pixels = torch::randint(0, 256, {2, 3, 48, 40}, torch::kUInt8);
  const torch::Tensor mean = torch::tensor({0.4F, 0.5F, 0.6F}).view({1, 3, 1, 1});
  const torch::Tensor std = torch::tensor({0.229F, 0.224F, 0.225F}).view({1, 3, 1, 1});
  const torch::Tensor expected = s.model->forward((pixels.to(torch::kFloat) / 255.0 - mean) / std);
  CHECK(largest_difference(run(script, pixels), expected) <= 1e-4 * expected.abs().max().item<double>());
}

TEST_CASE("A frozen file holds no parameters and gives the same logits", "[interop]") {
  const torch::NoGradGuard no_grad;
  Subject s;
  const torch::Tensor x = torch::randn({3, 3, 40, 72}), expected = s.model->forward(x);
  ExportOptions options;
  options.freeze = true;
  export_torchscript(*s.model, s.description, s.file, options);
  torch::jit::Module script = torch::jit::load(s.file.string());
  CHECK(script.parameters().size() == 0);
  CHECK(largest_difference(run(script, x), expected) <= 1e-4 * expected.abs().max().item<double>());
}

TEST_CASE("A bfloat16 file takes and gives float", "[interop]") {
  const torch::NoGradGuard no_grad;
  Subject s;
  const torch::Tensor x = torch::randn({2, 3, 64, 48}), expected = s.model->forward(x);
  ExportOptions options;
  options.precision = ExportPrecision::bf16;
  const ExportReport report = export_torchscript(*s.model, s.description, s.file, options);
  torch::jit::Module script = torch::jit::load(s.file.string());
  for (const auto& parameter : script.parameters()) CHECK(parameter.scalar_type() == torch::kBFloat16);
  const torch::Tensor logits = run(script, x);
  CHECK(logits.scalar_type() == torch::kFloat);
  CHECK(report.max_abs_diff_fp32 > 0);  // or nothing was rounded
  CHECK(largest_difference(logits, expected) <= 0.06 * expected.abs().max().item<double>());
}

TEST_CASE("fp16 is exported where LibTorch computes the network in it, and refused in a sentence elsewhere",
          "[interop]") {
  const torch::NoGradGuard no_grad;
  Subject s;
  bool computes = true;
  try {
    Subject half;
    half.model->to(torch::kHalf);
    half.model->forward(torch::randn({2, 3, 64, 48}).to(torch::kHalf));
  } catch (const c10::Error&) {
    computes = false;
  }
  ExportOptions options;
  options.precision = ExportPrecision::fp16;
  if (!computes) {
    CHECK_THROWS_AS(export_torchscript(*s.model, s.description, s.file, options), RequestError);
    CHECK_THROWS_WITH(export_torchscript(*s.model, s.description, s.file, options),
                      ContainsSubstring("--precision fp16: this LibTorch does not compute it on cpu"));
    CHECK_FALSE(std::filesystem::exists(s.file));
    return;
  }
  CHECK(export_torchscript(*s.model, s.description, s.file, options).verified_shapes.size() == 3);
  for (const auto& parameter : torch::jit::load(s.file.string()).parameters())
    CHECK(parameter.scalar_type() == torch::kHalf);
}

TEST_CASE("Config, classes, normalization and revision travel in the file", "[interop]") {
  Subject s;
  export_torchscript(*s.model, s.description, s.file);
  torch::jit::ExtraFilesMap extra{
      {"config.json", ""}, {"classes.json", ""}, {"normalization.json", ""}, {"revision.txt", ""}};
  torch::jit::load(s.file.string(), c10::nullopt, extra);
  const auto model = config::parse_json(extra["config.json"], "config.json")["model"];
  CHECK(config::read_options<config::ModelOptions>(model, {"config.json", "/model"}) == s.description.model);
  CHECK(config::parse_json(extra["classes.json"], "classes.json") == config::Json(s.description.class_names));
  CHECK(config::parse_json(extra["normalization.json"], "normalization.json")["mean"][0] == 0.4);
  CHECK_FALSE(extra["revision.txt"].empty());
}

TEST_CASE("Where a network's output is not a number, no file is left", "[interop]") {
  const torch::NoGradGuard no_grad;
  Subject s;
  s.model->named_parameters()["head.linear.bias"].fill_(std::numeric_limits<float>::quiet_NaN());
  CHECK_THROWS_WITH(export_torchscript(*s.model, s.description, s.file), ContainsSubstring("differ"));
  CHECK(std::filesystem::is_empty(s.file.parent_path()));
  CHECK_THROWS_AS(export_torchscript(*s.model, s.description, s.folder / "none" / "model.pt"), std::runtime_error);
}

TEST_CASE("A file that LibTorch 1.13 wrote gives the logits that Python 1.13 read from it", "[interop][reference]") {
  const torch::NoGradGuard no_grad;
  torch::jit::Module script = torch::jit::load(reference_weights("written_by_1_13.pt").string());
  const torch::Tensor x = torch::arange(2 * 3 * 40 * 56, torch::kFloat).mul(0.37).cos().reshape({2, 3, 40, 56});
  const torch::Tensor expected =
      torch::tensor(std::vector<float>{-0.01599822F, 0.0072143101F, 0.034234755F, 0.030467022F, -0.084172674F,
                                       0.083528109F, -0.075141579F, 0.0034437641F, 0.015761573F, -0.010513249F})
          .reshape({2, 5});
  CHECK(largest_difference(run(script, x), expected) < 1e-4 * expected.abs().max().item<double>());
}
