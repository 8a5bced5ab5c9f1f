// One matrix for every rung and every named model: whatever is added to either list is tested here.
#include <ATen/record_function.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/serialization/import.h>

#include "matrix/all_models.h"
#include "staircase/interop/torchscript.h"
#include "staircase/nn/initialize.h"
#include "staircase/nn/libtorch.h"
#include "support/catch.h"
#include "support/graph_operators.h"
#include "support/temporary_folder.h"

namespace matrix_test {

using namespace staircase;
using namespace staircase::nn;
using namespace staircase::plan;
using namespace staircase::tests;

namespace {

std::shared_ptr<Classifier> built(const config::ModelOptions& options, uint64_t seed = 0) {
  auto model = std::make_shared<Classifier>(options);
  initialize(*model, seed);
  return model;
}

torch::Tensor images(int64_t n, int64_t height, int64_t width) {
  torch::manual_seed(5);
  return torch::randn({n, 3, height, width}).contiguous(torch::MemoryFormat::ChannelsLast);
}

int64_t macs_seen = 0, product_macs_seen = 0;

/// Counts what LibTorch is asked to do, from the shapes of the tensors themselves.
std::unique_ptr<at::ObserverContext> count_operation(const at::RecordFunction& call) {
  const std::string name = call.name();
  if (name == "aten::linear") {
    macs_seen += call.inputs()[0].toTensor().size(0) * call.inputs()[1].toTensor().numel();
  } else if (name == "aten::convolution") {
    const auto x = call.inputs()[0].toTensor(), weight = call.inputs()[1].toTensor();
    const auto stride = call.inputs()[3].toIntVector(), padding = call.inputs()[4].toIntVector();
    int64_t positions = x.size(0);
    for (int axis = 0; axis < 2; ++axis)
      positions *= (x.size(2 + axis) + 2 * padding[axis] - weight.size(2 + axis)) / stride[axis] + 1;
    macs_seen += positions * weight.numel();
  }
  // LibTorch 2 has one operation for attention; there a bmm is of positions that are resized.
  if (name == "aten::scaled_dot_product_attention") {
    const auto queries = call.inputs()[0].toTensor(), keys = call.inputs()[1].toTensor();
    product_macs_seen += 2 * queries.numel() * keys.size(2);
  } else if (name == "aten::bmm" && !libtorch_2) {
    const auto a = call.inputs()[0].toTensor(), b = call.inputs()[1].toTensor();
    product_macs_seen += a.numel() * b.size(2);
  }
  return nullptr;
}

/// What a run's precision bf16 does: convolutions and linear layers in bfloat16, the rest in what comes.
torch::Tensor in_bfloat16(Classifier& model, const torch::Tensor& x) {
  const Bfloat16Scope scope(true, c10::DeviceType::CPU);
  return model.forward(x);
}

}  // namespace

TEST_CASE("Every model gives (N, classes) logits for images of any size from 32 up", "[matrix]") {
  const torch::NoGradGuard no_grad;
  for (const NamedModel& named : all_models()) {
    INFO(named.name);
    auto model = built(reduced(named.options));
    model->eval();
    for (const auto& [n, h, w] : {std::tuple{2, 32, 32}, std::tuple{1, 47, 64}}) {
      const torch::Tensor logits = model->forward(images(n, h, w));
      CHECK((logits.sizes() == torch::IntArrayRef({n, 7})));
      CHECK(logits.isfinite().all().item<bool>());
    }
  }
}

TEST_CASE("Every model gives each of its parameters a finite gradient that is not zero throughout", "[matrix]") {
  for (const NamedModel& named : all_models()) {
    INFO(named.name);
    auto model = built(reduced(named.options));
    model->train();
    const torch::Tensor targets = torch::arange(4) % 7;
    at::cross_entropy_loss(model->forward(images(4, 64, 64)), targets).backward();
    for (const auto& item : model->named_parameters()) {
      INFO(item.key());
      REQUIRE(item.value().grad().defined());
      CHECK(item.value().grad().isfinite().all().item<bool>());
      // A bias before a batch norm has no influence; no plan has one. What pooling minus its input sees shifted, it gives
      // unshifted: PoolFormer's first norm has a bias all the same.
      if (named.options.spatial == config::Spatial::pooling && item.key().ends_with("pre_norm1.bias")) continue;
      CHECK(item.value().grad().abs().max().item<double>() > 0);
    }
  }
}

TEST_CASE("Every model trains in bfloat16 to logits near those in float", "[matrix]") {
  for (const NamedModel& named : all_models()) {
    INFO(named.name);
    auto model = built(reduced(named.options));
    model->eval();
    const torch::Tensor x = images(2, 64, 64), expected = model->forward(x), found = in_bfloat16(*model, x);
    CHECK((found - expected).abs().max().item<double>() <= 0.05 * expected.abs().max().item<double>());
    model->train();
    at::cross_entropy_loss(in_bfloat16(*model, x).to(torch::kFloat), torch::arange(2)).backward();
    for (const auto& item : model->named_parameters()) {
      INFO(item.key());
      CHECK(item.value().grad().isfinite().all().item<bool>());
    }
  }
}

TEST_CASE("Every model holds as many parameters as its plan counts", "[matrix]") {
  for (const NamedModel& named : all_models()) {
    INFO(named.name);
    config::ModelOptions options = named.options;
    options.width_factor = 0.5;
    int64_t held = 0;
    for (const auto& parameter : Classifier(options).parameters()) held += parameter.numel();
    CHECK(held == count_model(options).params);
  }
}

TEST_CASE("Every model does as many multiply-accumulates as its plan counts", "[matrix]") {
  const torch::NoGradGuard no_grad;
  for (const NamedModel& named : all_models()) {
    INFO(named.name);
    const config::ModelOptions options = reduced(named.options);
    auto model = built(options);
    model->eval();
    // In double, which our own kernels do not take: LibTorch sees every operation.
    model->to(torch::kDouble);
    const torch::Tensor x = images(1, 80, 80).to(torch::kDouble);
    macs_seen = product_macs_seen = 0;
    const auto handle = at::addThreadLocalCallback(
        at::RecordFunctionCallback(count_operation).needsInputs(true).scopes({at::RecordScope::FUNCTION}));
    model->forward(x);
    at::removeCallback(handle);
    CHECK(macs_seen == count_model(options, 80).macs);
    CHECK(product_macs_seen == count_model(options, 80).product_macs);
  }
}

TEST_CASE("Every model's TorchScript file gives its logits at shapes that were not traced, by aten operators only",
          "[matrix]") {
  const torch::NoGradGuard no_grad;
  const tests::TemporaryFolder folder;
  for (const NamedModel& named : all_models()) {
    INFO(named.name);
    auto model = built(reduced(named.options));
    interop::ModelDescription description;
    description.model = model->options();
    const auto report = interop::export_torchscript(*model, description, folder / "model.pt");
    CHECK(report.verified_shapes.size() == 3);
    torch::jit::Module script = torch::jit::load((folder / "model.pt").string());
    CHECK(tests::foreign_operators(*script.get_method("forward").graph()).empty());
    const torch::Tensor x = images(3, 40, 72);
    const torch::Tensor expected = model->forward(x), found = script.forward({x}).toTensor();
    CHECK((found - expected).abs().max().item<double>() <= 1e-4 * expected.abs().max().item<double>());
    CHECK(static_cast<size_t>(script.parameters().size()) == model->parameters().size());
  }
}

TEST_CASE("Every model's weights file alone builds it again, with the same logits", "[matrix]") {
  const torch::NoGradGuard no_grad;
  const tests::TemporaryFolder folder;
  for (const NamedModel& named : all_models()) {
    INFO(named.name);
    auto model = built(reduced(named.options), 1);
    for (auto& item : named_state(*model))  // statistics and LayerScale are the same in every new model
      if (item.tensor.is_floating_point()) item.tensor.add_(0.01 * torch::rand_like(item.tensor));
    config::Configuration configuration;
    configuration.model = model->options();
    interop::write_model_file(folder / "weights.safetensors", *model, configuration, {}, "raw");
    const auto other = interop::build_model(interop::open_model_file(folder / "weights.safetensors"));
    CHECK(other->options() == model->options());
    model->eval();
    const torch::Tensor x = images(2, 32, 32);
    CHECK(torch::equal(model->forward(x), other->forward(x)));
  }
}

}  // namespace matrix_test
