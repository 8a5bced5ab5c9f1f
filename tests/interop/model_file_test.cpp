#include "staircase/interop/model_file.h"

#include "staircase/base/errors.h"
#include "staircase/formats/weights_file.h"
#include "staircase/nn/initialize.h"
#include "support/catch.h"
#include "support/refusal.h"
#include "support/temporary_folder.h"

namespace model_file_test {

using namespace staircase;
using namespace staircase::formats;
using namespace staircase::interop;

namespace {

nn::Classifier tiny(const std::string& name) {
  config::ModelOptions options = plan::find_model(name, {"test", ""}).options;
  options.width_factor = 0.125;
  options.num_classes = 4;
  nn::Classifier model(options);
  nn::initialize(model, 1);
  return model;
}

OpenOptions as(const std::string& name) {
  OpenOptions options;
  options.model = plan::find_model(name, {"test", ""});
  options.model->options.width_factor = 0.125;
  return options;
}

}  // namespace

TEST_CASE("A run's weights file says what it is, also after a way through other layouts", "[interop]") {
  const tests::TemporaryFolder folder;
  nn::Classifier model = tiny("convnext_tiny");
  config::Configuration configuration;
  configuration.data.image_size_px = 48;
  configuration.data.mean = {0.1, 0.2, 0.3};
  configuration.recipe.eval_crop_ratio = 0.9;
  const std::vector<std::string> classes{"cat", "dog", "emu", "fox"};
  write_model_file(folder / "run.safetensors", model, configuration, classes, "ema");
  ModelFile file = open_model_file(folder / "run.safetensors");
  TensorFile official = from_staircase(file.tensors, file.description.model, KeyLayout::official);
  official.metadata = describe_model(file.description, "");
  write_weights(folder / "official.pth", official);
  const ModelFile back = open_model_file(folder / "official.pth");
  CHECK(back.description.layout == KeyLayout::official);
  CHECK(back.description.model == model.options());
  CHECK(back.description.data == configuration.data);
  CHECK(back.description.recipe == configuration.recipe);
  CHECK(back.description.class_names == classes);
  const torch::NoGradGuard no_grad;
  model.eval();
  const torch::Tensor x = torch::randn({2, 3, 48, 40});
  CHECK(build_model(back)->forward(x).equal(model.forward(x)));
}

TEST_CASE("A wrong --model, an unknown layout and bare Staircase names are refused with the file's name", "[interop]") {
  const tests::TemporaryFolder folder;
  const nn::Classifier model = tiny("convnext_tiny");
  const config::Configuration configuration;
  const auto path = folder / "run.safetensors";
  write_model_file(path, model, configuration, {}, "raw");
  const std::string wrong = tests::refusal([&] { open_model_file(path, as("resnet50")); });
  CHECK(wrong.starts_with(path.string()));
  CHECK(wrong.find("/model/") != std::string::npos);
  CHECK_NOTHROW(open_model_file(path, as("convnext_tiny")));

  TensorFile bare;
  for (const auto& item : nn::named_state(model)) bare.tensors.emplace_back(item.name, item.tensor.detach());
  write_weights(folder / "bare.pth", bare);
  CHECK(tests::refusal([&] { open_model_file(folder / "bare.pth"); }).find("--model") != std::string::npos);
  const ModelFile told = open_model_file(folder / "bare.pth", as("convnext_tiny"));
  CHECK(told.description.model.num_classes == 4);
  CHECK(tests::refusal([&] {
          open_model_file(folder / "bare.pth", as("convnext_small"));
        }).find("missing stages.2.blocks.9.conv1.weight") != std::string::npos);

  write_weights(folder / "other.pth", {{{"encoder.weight", torch::zeros({2})}}, {}});
  CHECK(tests::refusal([&] { open_model_file(folder / "other.pth"); }).find("no known layout") != std::string::npos);
}

}  // namespace model_file_test
