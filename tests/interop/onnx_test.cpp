// What an ONNX file holds beside its network; every model is in the matrix, and Python's checker in onnx_files.py.
#include <onnx/onnx_pb.h>

#include <cmath>
#include <map>
#include <set>

#include "staircase/base/files.h"
#include "staircase/interop/onnx/export.h"
#include "staircase/interop/onnx/runner.h"
#include "staircase/interop/prepare_image.h"
#include "staircase/nn/initialize.h"
#include "support/catch.h"
#include "support/refusal.h"
#include "support/temporary_folder.h"

namespace onnx_test {

using namespace staircase;
using namespace staircase::interop;
using namespace staircase::tests;

namespace {

struct Subject {
  explicit Subject(const std::string& name = "resnet50-convnext_tiny/kernel_7", int64_t channels = 3) {
    config::ModelOptions options = plan::find_model(name, {"test", ""}).options;
    options.width_factor = 0.125;
    options.depths.assign(options.depths.size() == 1 ? 1 : 2, 1);  // a network of one stage keeps to one
    options.num_classes = 5;
    options.in_channels = channels;
    model = std::make_shared<nn::Classifier>(options);
    nn::initialize(*model, 3);
    description.model = model->options();
    description.class_names = {"a", "b", "c", "d", "e"};
    description.data.mean = {0.4, 0.5, 0.6};
    description.data.image_size_px = 64;
  }
  OnnxReport write(const OnnxOptions& options = {}) const { return export_onnx(*model, description, file, options); }
  onnx::ModelProto read() const {
    onnx::ModelProto content;
    REQUIRE(content.ParseFromString(read_file(file)));
    return content;
  }

  std::shared_ptr<nn::Classifier> model;
  ModelDescription description;
  TemporaryFolder folder;
  std::filesystem::path file = folder / "model.onnx";
};

data::Image picture(int height, int width, int channels) {
  data::Image image(width, height, channels);
  uint32_t seed = static_cast<uint32_t>(height * width);
  for (uint8_t& pixel : image.pixels) {
    seed = seed * 1664525U + 1013904223U;
    pixel = static_cast<uint8_t>(seed >> 24);
  }
  return image;
}

torch::Tensor pixels_of(const data::Image& image) {
  torch::Tensor pixels = torch::empty({1, image.height, image.width, image.channels}, torch::kUInt8);
  std::copy(image.pixels.begin(), image.pixels.end(), pixels.data_ptr<uint8_t>());
  return pixels;
}

}  // namespace

TEST_CASE("An ONNX file says what it takes and gives, and holds its classes and normalization", "[interop]") {
  const Subject s;
  CHECK(s.write().any_size);
  const onnx::ModelProto content = s.read();
  CHECK(content.opset_import(0).version() == 17);
  REQUIRE(content.graph().input_size() == 1);
  const auto& images = content.graph().input(0);
  CHECK(images.name() == "images");
  CHECK(images.type().tensor_type().elem_type() == onnx::TensorProto::FLOAT);
  CHECK(images.type().tensor_type().shape().dim(0).dim_param() == "batch");
  CHECK(images.type().tensor_type().shape().dim(1).dim_value() == 3);
  CHECK(images.type().tensor_type().shape().dim(2).dim_param() == "height");
  CHECK(content.graph().output(0).name() == "logits");
  CHECK(content.graph().output(0).type().tensor_type().shape().dim(1).dim_value() == 5);
  std::map<std::string, std::string> metadata;
  for (const auto& each : content.metadata_props()) metadata[each.key()] = each.value();
  CHECK(config::parse_json(metadata.at("classes.json"), "") == config::Json(s.description.class_names));
  CHECK(config::parse_json(metadata.at("normalization.json"), "").at("mean")[2] == 0.6);
  CHECK(config::parse_json(metadata.at("config.json"), "").at("model").at("kernel_size") == 7);
}

TEST_CASE("Parameters stand in an ONNX file under the network's own names", "[interop]") {
  const Subject s;
  s.write();
  std::set<std::string> names;
  const onnx::ModelProto content = s.read();
  for (const auto& tensor : content.graph().initializer()) names.insert(tensor.name());
  for (const auto& item : s.model->named_parameters()) {
    INFO(item.key());
    CHECK(names.contains(item.key()));
  }
}

TEST_CASE("Networks of windows and tables are written for one size of image, which the file says", "[interop]") {
  for (const char* name : {"swin_tiny", "deit_tiny"}) {
    INFO(name);
    Subject s(name);
    s.description.data.image_size_px = 80;
    CHECK_FALSE(s.write().any_size);
    const onnx::ModelProto content = s.read();
    const auto& shape = content.graph().input(0).type().tensor_type().shape();
    CHECK(shape.dim(0).dim_param() == "batch");
    CHECK(shape.dim(2).dim_value() == 80);
    CHECK(shape.dim(3).dim_value() == 80);
  }
}

TEST_CASE("An ONNX file with preprocessing prepares images of any size as evaluation does", "[interop]") {
  const torch::NoGradGuard no_grad;
  for (const int64_t channels : {int64_t{3}, int64_t{1}})
    for (const auto kind : {config::Interpolation::bicubic, config::Interpolation::bilinear})
      for (const int64_t size_px : {32, 75, 384}) {
        Subject s("resnet50-convnext_tiny/kernel_7", channels);
        s.description.recipe.interpolation = kind;
        s.description.data.image_size_px = size_px;
        OnnxOptions options;
        options.include_preprocessing = true;
        s.write(options);
        const OnnxRunner runner(s.file);
        for (const auto& [height, width] : {std::pair{300, 200}, {97, 411}, {30, 31}, {32, 32}, {1, 1}, {768, 1024}}) {
          INFO(height << "x" << width << " to " << size_px << ", " << channels << " channels");
          const data::Image image = picture(height, width, static_cast<int>(channels));
          const torch::Tensor expected = s.model->forward(prepare_image(image, s.description));
          const torch::Tensor found = runner.run(pixels_of(image));
          CHECK((found - expected).abs().max().item<double>() <= 1e-5 * expected.abs().max().item<double>());
        }
      }
}

TEST_CASE("Weights of too many bytes for one file lie beside it, and give the same logits", "[interop]") {
  const torch::NoGradGuard no_grad;
  const Subject s;
  const torch::Tensor x = torch::randn({2, 3, 64, 64});
  CHECK(s.write().weights_file.empty());
  const torch::Tensor inside = OnnxRunner(s.file).run(x);
  const auto whole_bytes = std::filesystem::file_size(s.file);
  OnnxOptions options;
  options.most_bytes_inside = 1000;
  const OnnxReport report = s.write(options);
  CHECK(report.weights_file == s.folder / "model.onnx.data");
  CHECK(std::filesystem::file_size(s.file) < whole_bytes / 2);
  CHECK(torch::equal(OnnxRunner(s.file).run(x), inside));
  std::filesystem::resize_file(report.weights_file, 100);
  CHECK_THAT(refusal([&] { OnnxRunner runner(s.file); }), ContainsSubstring("model.onnx.data: is cut short"));
}

TEST_CASE("A network whose logits are no numbers leaves no ONNX file", "[interop]") {
  const Subject s;
  for (auto& item : nn::named_state(*s.model))
    if (item.name == "head.linear.bias") item.tensor.detach().fill_(std::nan(""));
  CHECK_THROWS_WITH(s.write(), ContainsSubstring("nan, at most"));
  CHECK(std::filesystem::is_empty(s.folder.path()));
}

}  // namespace onnx_test
