#include "staircase/nn/classifier.h"

#include "staircase/nn/initialize.h"
#include "staircase/plan/named_models.h"
#include "support/catch.h"

namespace classifier_test {

using namespace staircase;
using namespace staircase::nn;
using namespace staircase::plan;

namespace {

/// A named model or rung at an eighth of its width, with five blocks.
config::ModelOptions shrunk(const std::string& name) {
  config::ModelOptions options = find_model(name, {"test", ""}).options;
  options.width_factor = 0.125;
  options.depths = {1, 1, 2, 1};
  options.num_classes = 5;
  return options;
}

config::ModelOptions tiny() { return shrunk("convnext_tiny"); }

std::shared_ptr<Classifier> built(uint64_t seed, config::ModelOptions options = tiny()) {
  auto model = std::make_shared<Classifier>(options);
  initialize(*model, seed);
  return model;
}

/// A child by its name; null: there is none.
std::shared_ptr<torch::nn::Module> child(const torch::nn::Module& parent, const std::string& name) {
  const auto children = parent.named_children();
  const auto* found = children.find(name);
  return found ? *found : nullptr;
}

std::shared_ptr<Chain> chain(const torch::nn::Module& parent, const std::string& name) {
  return std::dynamic_pointer_cast<Chain>(child(parent, name));
}

void check_layout(const torch::Tensor& x, const std::string& path) {
  INFO(path);
  CHECK(x.is_contiguous(torch::MemoryFormat::ChannelsLast));
  CHECK_FALSE(x.is_contiguous());  // with one channel or position both hold, and nothing is seen
}

/// Runs layers one after another and checks the memory of what each gives.
torch::Tensor run_checked(const LayerList& layers, torch::Tensor x, const std::string& path) {
  for (const auto& layer : layers) {
    x = layer->forward(x);
    check_layout(x, path + layer->spec().name);
  }
  return x;
}

struct CheckedRun {
  torch::Tensor logits;
  int blocks = 0, downsamplings = 0, shortcuts = 0;  ///< that were checked
};

/// A forward pass that checks the memory after every layer and block before the head.
CheckedRun run_checked(const Classifier& model, torch::Tensor x) {
  CheckedRun run;
  x = run_checked(chain(model, "stem")->layers(), x, "stem.");
  for (const auto& stage : child(model, "stages")->named_children()) {
    const std::string path = "stages." + stage.key() + ".";
    if (const auto downsample = chain(*stage.value(), "downsample")) {
      x = run_checked(downsample->layers(), x, path + "downsample.");
      ++run.downsamplings;
    }
    for (const auto& item : child(*stage.value(), "blocks")->named_children()) {
      const auto block = std::dynamic_pointer_cast<Block>(item.value());
      const std::string block_path = path + "blocks." + item.key() + ".";
      const Block::Residual& first = block->residuals()[0];
      run_checked(first.layers, x, block_path);
      run_checked(first.shortcut, x, block_path);
      run.shortcuts += !first.shortcut.empty();
      x = block->forward(x);
      check_layout(x, block_path);
      ++run.blocks;
    }
  }
  run.logits = run_layers(chain(model, "head")->layers(), x);
  return run;
}

}  // namespace

TEST_CASE("The same seed gives the same weights and another seed gives others", "[nn]") {
  const auto a = named_state(*built(3)), b = named_state(*built(3)), c = named_state(*built(4));
  bool any_differs = false;
  for (size_t i = 0; i < a.size(); ++i) {
    CHECK(torch::equal(a[i].tensor, b[i].tensor));
    any_differs = any_differs || !torch::equal(a[i].tensor, c[i].tensor);
  }
  CHECK(any_differs);
}

TEST_CASE("A layer more changes the first weights of no other layer", "[nn]") {
  config::ModelOptions longer = tiny();
  longer.depths = {1, 1, 3, 1};
  const auto a = built(0)->named_parameters(), b = built(0, longer)->named_parameters();
  for (const auto& item : a) CHECK(torch::equal(item.value(), b[item.key()]));
}

TEST_CASE("Initialization leaves nothing of what a network held before", "[nn]") {
  for (const char* name : {"convnext_tiny", "resnet50"}) {
    INFO(name);
    const auto fresh = built(5, shrunk(name)), used = built(6, shrunk(name));
    const torch::NoGradGuard no_grad;
    for (auto& item : named_state(*used)) item.tensor.fill_(7);
    initialize(*used, 5);
    const auto expected = named_state(*fresh), found = named_state(*used);
    REQUIRE(found.size() == expected.size());
    for (size_t i = 0; i < found.size(); ++i) {
      INFO(found[i].name);
      CHECK(torch::equal(found[i].tensor, expected[i].tensor));
    }
  }
}

TEST_CASE("Truncated normal weights have standard deviation .02 and biases are 0", "[nn]") {
  config::ModelOptions options = find_model("convnext_tiny", {"test", ""}).options;
  const auto parameters = built(0, options)->named_parameters();
  const torch::Tensor weight = parameters["stages.3.blocks.0.conv2.weight"];
  CHECK(weight.std().item<double>() == Approx(0.02).epsilon(0.01));
  CHECK(weight.mean().item<double>() == Approx(0.0).margin(1e-4));
  CHECK(parameters["stages.3.blocks.0.conv2.bias"].abs().max().item<double>() == 0.0);
  CHECK(parameters["stages.3.blocks.0.layer_scale"].max().item<double>() == Approx(1e-6));
}

TEST_CASE("Kaiming initialization has variance 2 / fan_out on convolutions", "[nn]") {
  const auto parameters = built(0, config::ModelOptions{})->named_parameters();
  const torch::Tensor weight = parameters["stages.3.blocks.1.conv2.weight"];
  CHECK(weight.std().item<double>() == Approx(std::sqrt(2.0 / (512 * 9))).epsilon(0.01));
  CHECK(parameters["head.linear.weight"].abs().max().item<double>() <= 1.0 / std::sqrt(2048.0));
}

TEST_CASE("Images of another shape are refused with both shapes", "[nn]") {
  CHECK_THROWS_WITH(built(0)->forward(torch::zeros({2, 1, 32, 32})),
                    ContainsSubstring("expected images (N, 3, H, W)") && ContainsSubstring("[2, 1, 32, 32]"));
}

TEST_CASE("Activations stay channels_last from the stem to the head", "[nn]") {
  struct Network {
    const char* name;
    int downsamplings, shortcuts;
  };
  const torch::Tensor images = torch::randn({2, 3, 64, 64}).contiguous(torch::MemoryFormat::ChannelsLast);
  // LayerNorm and downsampling layers; BatchNorm and dense, BatchNorm and depthwise kernels.
  for (const Network& network :
       {Network{"convnext_tiny", 3, 0}, Network{"resnet50", 0, 4}, Network{"resnet50-convnext_tiny/fewer_norms", 0, 3},
        Network{"swin_tiny", 3, 0}, Network{"convnextv2_tiny", 3, 0}, Network{"poolformer_s12", 3, 0}}) {
    auto model = built(0, shrunk(network.name));
    for (const bool training : {false, true}) {
      INFO(network.name << (training ? " in training" : " in evaluation"));
      model->train(training);
      const CheckedRun run = run_checked(*model, images);
      CHECK(run.blocks == 5);
      CHECK(run.downsamplings == network.downsamplings);
      CHECK(run.shortcuts == network.shortcuts);
      CHECK(torch::allclose(run.logits, model->forward(images)));  // it was the model's own way
    }
  }
}

TEST_CASE("Drop path rises linearly over the blocks and draws the same for the same counter", "[nn]") {
  auto model = built(0);
  model->set_drop_path(0.4);
  const auto& blocks = model->blocks();
  REQUIRE(blocks.size() == 5);
  for (size_t i = 0; i < blocks.size(); ++i) CHECK(blocks[i]->drop_path() == Approx(0.1 * static_cast<double>(i)));
  model->train();
  // LayerScale at its first value would hide the branch.
  {
    const torch::NoGradGuard no_grad;
    for (auto& item : model->named_parameters())
      if (item.key().ends_with("layer_scale")) item.value().fill_(1.0);
  }
  const torch::Tensor x = torch::randn({16, 3, 32, 32});
  const auto logits = [&](int64_t step) {
    model->set_step({7, step, 0});
    return model->forward(x);
  };
  const torch::Tensor first = logits(1);
  CHECK(torch::equal(first, logits(1)));
  CHECK_FALSE(torch::equal(first, logits(2)));
}

TEST_CASE("Drop path treats a batch in two halves as the whole batch", "[nn]") {
  auto model = built(0);
  model->set_drop_path(0.5);
  model->train();
  {
    const torch::NoGradGuard no_grad;
    for (auto& item : model->named_parameters())
      if (item.key().ends_with("layer_scale")) item.value().fill_(1.0);
  }
  const torch::Tensor x = torch::randn({8, 3, 32, 32});
  model->set_step({7, 1, 0});
  const torch::Tensor whole = model->forward(x), left = model->forward(x.slice(0, 0, 4));
  model->set_step({7, 1, 4});
  const torch::Tensor right = model->forward(x.slice(0, 4, 8));
  CHECK(torch::allclose(whole, torch::cat({left, right}), 1e-4, 1e-5));
}

TEST_CASE("A network runs in double and in bfloat16 as a whole", "[nn][bf16_library]") {
  for (const std::string name : {"convnext_tiny", "resnet50"})
    for (const auto dtype : {torch::kDouble, torch::kBFloat16}) {
      INFO(name << " in " << dtype);
      auto model = built(1, shrunk(name));
      model->to(dtype);
      model->train();
      torch::manual_seed(1);
      const torch::Tensor logits = model->forward(torch::randn({2, 3, 64, 64}).to(dtype));
      CHECK(logits.scalar_type() == dtype);
      CHECK(logits.isfinite().all().item<bool>());
    }
}

}  // namespace classifier_test
