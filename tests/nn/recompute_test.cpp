// A block that is computed a second time in the backward pass, beside the same block that keeps what it computed.
#include "staircase/nn/recompute.h"

#include "staircase/nn/classifier.h"
#include "staircase/nn/initialize.h"
#include "staircase/nn/libtorch.h"
#include "support/gradients.h"

namespace recompute_test {

using namespace staircase;
using namespace staircase::nn;
using torch::Tensor;

namespace {

/// A network of two blocks, the second of which halves the sides; drop path is on.
std::shared_ptr<Classifier> network(config::Norm norm) {
  config::ModelOptions options;
  options.depths = {1, 1};
  options.width_factor = 0.125;
  options.num_classes = options.in_channels = 3;
  options.norm = norm;
  auto model = std::make_shared<Classifier>(options);
  initialize(*model, 0);
  model->train();
  model->set_drop_path(0.5);
  model->set_step({7, 3, 0});
  return model;
}

/// What the network gives, the gradients of the images and of all parameters, and its buffers after the step.
std::vector<Tensor> step(Classifier& model, const Tensor& images, bool bf16 = false) {
  const Tensor x = images.clone().requires_grad_();
  Tensor y;
  {
    const Bfloat16Scope scope(bf16, torch::kCPU);
    y = model.forward(x);
  }
  y.pow(2).sum().backward();
  std::vector<Tensor> all{y.detach(), x.grad()};
  for (const Tensor& parameter : model.parameters()) all.push_back(parameter.grad());
  for (const Tensor& buffer : model.buffers()) all.push_back(buffer.clone());
  return all;
}

Tensor images() {
  torch::manual_seed(1);
  return torch::randn({6, 3, 32, 24});
}

std::vector<Tensor> checkpointed_step(config::Norm norm, bool bf16) {
  const auto model = network(norm);
  model->set_checkpoint_activations(true);
  return step(*model, images(), bf16);
}

}  // namespace

TEST_CASE("Blocks that are computed twice give the same bits: output, gradients and running statistics",
          "[nn][bf16_library]") {
  for (const config::Norm norm : {config::Norm::batch, config::Norm::layer})
    for (const bool bf16 : {false, true}) {
      INFO(config::to_name(norm) << (bf16 ? ", bf16" : ", fp32"));
      const auto kept = step(*network(norm), images(), bf16);
      tests::check_equal(checkpointed_step(norm, bf16), kept);
      CHECK(kept[1].abs().max().item<double>() > 0);
    }
}

TEST_CASE("A batch is counted once in the running statistics of a block that is computed twice", "[nn]") {
  const auto model = network(config::Norm::batch);
  model->set_checkpoint_activations(true);
  step(*model, images());
  for (const auto& item : model->named_buffers())
    if (item.key().ends_with("num_batches_tracked")) CHECK(item.value().item<int64_t>() == 1);
}

TEST_CASE("A block is computed again with the drop path that it drew, whatever the step is by then", "[nn]") {
  const auto kept = network(config::Norm::batch), twice = network(config::Norm::batch);
  twice->set_checkpoint_activations(true);
  std::vector<std::vector<Tensor>> gradients;
  for (const auto& model : {kept, twice}) {
    const Tensor y = model->forward(images());
    model->set_step({8, 4, 0});
    y.sum().backward();
    gradients.emplace_back();
    for (const Tensor& parameter : model->parameters()) gradients.back().push_back(parameter.grad());
  }
  tests::check_equal(gradients[1], gradients[0]);
}

TEST_CASE("What is frozen gets no gradient from a block that is computed twice, and the rest the same", "[nn]") {
  const auto kept = network(config::Norm::batch), twice = network(config::Norm::batch);
  twice->set_checkpoint_activations(true);
  for (const auto& model : {kept, twice}) {
    model->freeze(config::Freeze::stage_1);
    model->forward(images()).sum().backward();
  }
  const auto expected = kept->parameters(), found = twice->parameters();
  int64_t without = 0;
  for (size_t i = 0; i < expected.size(); ++i) {
    without += !expected[i].grad().defined();
    REQUIRE(found[i].grad().defined() == expected[i].grad().defined());
    if (expected[i].grad().defined()) CHECK(torch::equal(found[i].grad(), expected[i].grad()));
  }
  CHECK(without > 0);
}

TEST_CASE("The operation is run once more, in the backward pass, and without a gradient not at all", "[nn]") {
  int64_t runs = 0;
  const torch::nn::Module nothing;
  const auto operation = [&](const Tensor& x) {
    ++runs;
    return x * x;
  };
  const Tensor x = torch::full({2}, 3.0F).requires_grad_();
  const Tensor y = recomputed(nothing, operation, x);
  CHECK(runs == 1);
  y.sum().backward();
  CHECK(runs == 2);
  CHECK(torch::equal(x.grad(), torch::full({2}, 6.0F)));
  CHECK_FALSE(recomputed(nothing, operation, x.detach()).requires_grad());
  CHECK(runs == 3);
}

TEST_CASE("A block that is computed twice leaves nothing to differentiate again, and says so", "[nn]") {
  const torch::nn::Module nothing;
  tests::check_no_second_derivative(
      [&](const tests::Tensors& t) {
        return recomputed(
            nothing, [](const Tensor& x) { return x * x; }, t[0]);
      },
      {torch::ones({2})});
}

}  // namespace recompute_test
