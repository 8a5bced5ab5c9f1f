#include "staircase/nn/masked_autoencoder.h"

#include <map>

#include "staircase/nn/initialize.h"
#include "staircase/plan/named_models.h"
#include "support/catch.h"

namespace masked_autoencoder_test {

using namespace staircase;
using namespace staircase::nn;
using torch::Tensor;

namespace {

/// Cells of 8 px, and every layer that ConvNeXt V2 has.
config::ModelOptions small(bool grn = true) {
  config::ModelOptions options = plan::find_model("convnextv2_atto", {"test", ""}).options;
  options.stem = config::Stem::patchify2;
  options.depths = {1, 2, 1};
  options.width = 16;
  options.grn = grn;
  options.num_classes = 5;
  options.in_channels = 3;
  return options;
}

/// A network whose every parameter counts: norms are not 1 and biases not 0.
std::shared_ptr<MaskedAutoencoder> network(const config::ModelOptions& options = small()) {
  auto model = std::make_shared<MaskedAutoencoder>(options, plan::square(32), 24);
  initialize(*model, 1);
  const torch::NoGradGuard no_grad;
  torch::manual_seed(1);
  for (const NamedTensor& item : named_state(*model)) item.tensor.add_(torch::randn(item.tensor.sizes()), 0.2);
  return model;
}

/// Two images of 32 px with 16 cells each, of which 6 are visible, others in each.
Tensor visible_cells() {
  Tensor cells = torch::zeros({2, 1, 4, 4});
  for (const int64_t at : {0, 1, 5, 6, 10, 15}) cells[0].view(16)[at] = 1;
  for (const int64_t at : {2, 3, 4, 8, 12, 13}) cells[1].view(16)[at] = 1;
  return cells;
}

Tensor at_pixels(const Tensor& cells) { return cells.repeat_interleave(8, 2).repeat_interleave(8, 3); }

Tensor with_mask(const Tensor& images, const Tensor& cells) { return torch::cat({images, at_pixels(cells)}, 1); }

}  // namespace

TEST_CASE("What is hidden of an image changes no visible feature by a bit", "[nn]") {
  const torch::NoGradGuard no_grad;
  const Tensor cells = visible_cells(), shown = at_pixels(cells), images = torch::randn({2, 3, 32, 32});
  const Tensor other = images * shown + 100 * torch::randn({2, 3, 32, 32}) * (1 - shown);
  std::vector<config::ModelOptions> networks{small(), small(false)};
  networks.back().layer_scale_init = 0.5;  // ConvNeXt
  networks.push_back(small());  // the order of ResNet's block, which has biases and a norm before the convolution
  networks.back().spatial_position = config::SpatialPosition::middle;
  networks.push_back(small());
  networks.back().residuals_per_block = 2;
  networks.push_back(small());
  networks.back().downsampling = config::Downsampling::patch_merging;
  for (const config::ModelOptions& options : networks) {
    const auto model = network(options);
    const Tensor features = model->encode(with_mask(images, cells));
    CHECK(torch::equal(features, model->encode(with_mask(other, cells))));
    CHECK(features.abs().sum().item<double>() > 1);
    CHECK((features * (1 - cells)).abs().max().item<double>() == 0);
    CHECK_FALSE(torch::equal(features, model->encode(with_mask(images + shown, cells))));
  }
}

TEST_CASE("A cell's features are those of an image that ends where its neighbours are hidden", "[nn]") {
  // The visible cells are the upper left quarter: convolutions see zeros beyond, as at an image's border.
  const torch::NoGradGuard no_grad;
  const auto model = network();
  const Tensor images = torch::randn({2, 3, 32, 32}), all = torch::ones({2, 1, 2, 2});
  Tensor quarter = torch::zeros({2, 1, 4, 4});
  quarter.slice(2, 0, 2).slice(3, 0, 2).fill_(1);
  const Tensor whole = model->encode(with_mask(images, quarter)).slice(2, 0, 2).slice(3, 0, 2);
  const Tensor alone = model->encode(with_mask(images.slice(2, 0, 16).slice(3, 0, 16), all));
  CHECK(torch::allclose(whole, alone, 1e-4, 1e-5));
}

TEST_CASE("An encoder that hides nothing is the classifier's stem and stages, by their names", "[nn]") {
  const torch::NoGradGuard no_grad;
  const auto model = network();
  Classifier classifier(small());
  std::map<std::string, Tensor> state;
  for (const NamedTensor& item : named_state(*model)) state.emplace(item.name, item.tensor);
  size_t shared = 0;
  for (const NamedTensor& item : named_state(classifier)) {
    if (item.name.starts_with("head.")) continue;
    REQUIRE(state.count(item.name) == 1);
    item.tensor.copy_(state.at(item.name));
    ++shared;
  }
  size_t of_encoder = 0;
  for (const auto& [name, tensor] : state) of_encoder += name.starts_with("decoder.") ? 0 : 1;
  CHECK(shared == of_encoder);
  const Tensor images = torch::randn({2, 3, 32, 32});
  const Tensor features = model->encode(with_mask(images, torch::ones({2, 1, 4, 4})));
  Tensor weight, bias;
  for (const NamedTensor& item : named_state(classifier)) {
    if (item.name == "head.linear.weight") weight = item.tensor.normal_();
    if (item.name == "head.linear.bias") bias = item.tensor;
  }
  const Tensor pooled = torch::layer_norm(features.mean({2, 3}), {features.size(1)}, {}, {}, 1e-6);
  CHECK(torch::allclose(classifier.forward(images), torch::matmul(pooled, weight.t()) + bias, 1e-4, 1e-4));
}

TEST_CASE("Outputs are the pixels of every cell, and a token stands where a cell is hidden", "[nn]") {
  const torch::NoGradGuard no_grad;
  const auto model = network();
  const Tensor images = torch::randn({2, 3, 32, 32}), cells = visible_cells();
  const Tensor outputs = model->forward(with_mask(images, cells));
  CHECK(outputs.sizes() == torch::IntArrayRef({2, 8 * 8 * 3, 4, 4}));
  for (const NamedTensor& item : named_state(*model))
    if (item.name == "decoder.token") item.tensor.add_(1);
  CHECK_FALSE(torch::allclose(outputs, model->forward(with_mask(images, cells))));
  const Tensor all = torch::ones({2, 1, 4, 4}), seen = model->forward(with_mask(images, all));
  for (const NamedTensor& item : named_state(*model))
    if (item.name == "decoder.token") item.tensor.add_(1);
  CHECK(torch::equal(seen, model->forward(with_mask(images, all))));
  CHECK_THROWS_WITH(model->forward(images),
                    ContainsSubstring("MaskedAutoencoder: expected images and what is visible"));
}

TEST_CASE("Gradients of masked autoencoding are those of finite differences", "[nn]") {
  const auto model = network();
  model->to(torch::kDouble);
  const Tensor x = with_mask(torch::randn({2, 3, 32, 32}), visible_cells()).to(torch::kDouble);
  const Tensor direction = torch::randn({2, 8 * 8 * 3, 4, 4}, torch::kDouble);
  const auto loss = [&] { return (model->forward(x) * direction).sum(); };
  loss().backward();
  const torch::NoGradGuard no_grad;
  for (const auto& item : model->named_parameters()) {
    INFO(item.key());
    Tensor parameter = item.value();
    const Tensor gradient = parameter.grad();
    REQUIRE(gradient.defined());
    const Tensor step = torch::randn(parameter.sizes(), torch::kDouble);
    const double h = 1e-6;
    parameter.add_(step, h);
    const double after = loss().item<double>();
    parameter.sub_(step, 2 * h);
    const double before = loss().item<double>();
    parameter.add_(step, h);
    const double expected = (gradient * step).sum().item<double>();
    CHECK((after - before) / (2 * h) == Approx(expected).epsilon(1e-5).margin(1e-5));
  }
}

TEST_CASE("Blocks that are computed anew for the gradients give the same ones", "[nn]") {
  const Tensor x = with_mask(torch::randn({2, 3, 32, 32}), visible_cells());
  std::vector<std::vector<Tensor>> gradients;
  for (const bool checkpoint : {false, true}) {
    const auto model = network();
    model->set_checkpoint_activations(checkpoint);
    model->forward(x).square().sum().backward();
    gradients.emplace_back();
    for (const auto& parameter : model->parameters()) gradients.back().push_back(parameter.grad());
  }
  for (size_t i = 0; i < gradients[0].size(); ++i) CHECK(torch::equal(gradients[0][i], gradients[1][i]));
}

TEST_CASE("Another autoencoder has the same layers and starts neutral", "[nn]") {
  const auto model = network();
  const auto other = model->another();
  const auto a = named_state(*model), b = named_state(*other);
  REQUIRE(a.size() == b.size());
  for (size_t i = 0; i < a.size(); ++i) {
    CHECK(a[i].name == b[i].name);
    CHECK(a[i].tensor.sizes() == b[i].tensor.sizes());
  }
}

}  // namespace masked_autoencoder_test
