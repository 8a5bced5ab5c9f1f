// What every model must export is in the matrix; Python reads exports in tests/reference/exports.py.
#include "staircase/interop/torchscript.h"

#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/serialization/import.h>

#include "formats/files.h"
#include "staircase/base/errors.h"
#include "staircase/interop/prepare_image.h"
#include "staircase/nn/initialize.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

namespace torchscript_test {

using namespace staircase;
using namespace staircase::interop;
using namespace staircase::tests;

namespace {

struct Subject {
  explicit Subject(int64_t channels = 3) {
    config::ModelOptions options = plan::find_model("resnet50-convnext_tiny/kernel_7", {"test", ""}).options;
    options.width_factor = 0.125;
    options.depths = {1, 1};
    options.num_classes = 5;
    options.in_channels = channels;
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

namespace {

data::Image picture(int height, int width, int channels, uint32_t seed) {
  data::Image image(width, height, channels);
  for (uint8_t& pixel : image.pixels) {
    seed = seed * 1664525U + 1013904223U;
    pixel = static_cast<uint8_t>(seed >> 24);
  }
  return image;
}

torch::Tensor pixels_of(const data::Image& image) {
  torch::Tensor pixels = torch::empty({image.height, image.width, image.channels}, torch::kUInt8);
  std::copy(image.pixels.begin(), image.pixels.end(), pixels.data_ptr<uint8_t>());
  return pixels;
}

/// Sizes that are shrunk, enlarged, cropped along either side, taken as they are, and cut to a few pixels.
const std::vector<std::pair<int, int>> sizes{{300, 200}, {97, 411}, {640, 75}, {30, 31},   {32, 32},
                                             {64, 64},   {1, 1},    {3, 500},  {255, 257}, {768, 1024}};

/// The file prepares every picture as evaluation does, to the bit, and its logits are the network's.
void compare_preprocessing(Subject& s, int channels) {
  const torch::NoGradGuard no_grad;
  ExportOptions options;
  options.include_preprocessing = true;
  export_torchscript(*s.model, s.description, s.file, options);
  torch::jit::Module script = torch::jit::load(s.file.string());
  for (const auto& [height, width] : sizes) {
    INFO(height << "x" << width << " to " << s.description.data.image_size_px);
    const data::Image image = picture(height, width, channels, static_cast<uint32_t>(height * width));
    const torch::Tensor prepared = prepare_image(image, s.description), expected = s.model->forward(prepared);
    torch::jit::Module preprocessing = script.attr("preprocessing").toModule();
    CHECK(torch::equal(run(preprocessing, pixels_of(image)), prepared));
    const torch::Tensor logits = run(script, pixels_of(image));
    CHECK(logits.sizes() == expected.sizes());
    CHECK(largest_difference(logits, expected) <= 1e-6 * expected.abs().max().item<double>());
  }
}

}  // namespace

TEST_CASE("An export with preprocessing prepares images of any size as evaluation does, to the bit", "[interop]") {
  Subject s;
  for (const auto kind : {config::Interpolation::bicubic, config::Interpolation::bilinear})
    for (const int64_t size_px : {32, 64, 224, 384}) {
      s.description.recipe.interpolation = kind;
      s.description.data.image_size_px = size_px;
      compare_preprocessing(s, 3);
    }
  s.description.data.image_size_px = 75;
  s.description.recipe.eval_crop_ratio = 0.9;
  compare_preprocessing(s, 3);
}

TEST_CASE("An export with preprocessing of a gray network takes gray and color images", "[interop]") {
  Subject s(1);
  s.description.data.image_size_px = 48;
  compare_preprocessing(s, 1);
  compare_preprocessing(s, 3);
}

TEST_CASE("Several images of one size give the logits that each gives alone", "[interop]") {
  const torch::NoGradGuard no_grad;
  Subject s;
  s.description.data.image_size_px = 64;
  for (const bool freeze : {false, true}) {
    ExportOptions options;
    options.include_preprocessing = true;
    options.freeze = freeze;
    export_torchscript(*s.model, s.description, s.file, options);
    torch::jit::Module script = torch::jit::load(s.file.string());
    const torch::Tensor one = pixels_of(picture(120, 90, 3, 1)), other = pixels_of(picture(120, 90, 3, 2));
    const torch::Tensor alone = torch::cat({run(script, one), run(script, other)});
    CHECK(largest_difference(run(script, torch::stack({one, other})), alone) <=
          1e-4 * alone.abs().max().item<double>());
  }
}

TEST_CASE("An export with preprocessing refuses another type, rank or number of colors in a sentence", "[interop]") {
  const torch::NoGradGuard no_grad;
  Subject s;
  ExportOptions options;
  options.include_preprocessing = true;
  export_torchscript(*s.model, s.description, s.file, options);
  torch::jit::Module script = torch::jit::load(s.file.string());
  CHECK_THROWS_WITH(run(script, torch::rand({64, 64, 3})), ContainsSubstring("must be a uint8 tensor"));
  CHECK_THROWS_WITH(run(script, torch::zeros({64, 64}, torch::kUInt8)), ContainsSubstring("found 2 dimensions"));
  CHECK_THROWS_WITH(run(script, torch::zeros({3, 64, 64}, torch::kUInt8)), ContainsSubstring("3 colors"));
  CHECK_THROWS_WITH(run(script, torch::zeros({0, 64, 3}, torch::kUInt8)), ContainsSubstring("no pixels"));
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

}  // namespace torchscript_test
