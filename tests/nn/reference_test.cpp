// Logits of torchvision's models for weights and images from a formula, so that a machine without Python
// still sees a changed detail (an eps, GELU's form, a padding). tests/reference/make_logits.py has the
// same formula and made the numbers.
#include <zlib.h>

#include "staircase/nn/classifier.h"
#include "staircase/plan/named_models.h"
#include "support/catch.h"
#include "support/reference.h"

namespace reference_test {

using namespace staircase;
using namespace staircase::nn;
using namespace staircase::plan;

namespace {

/// Numbers in [0, 1) from the tensor's name and each element's place: the low 32 bits of a hash.
torch::Tensor uniform(const std::string& name, torch::IntArrayRef shape) {
  const int64_t range = int64_t{1} << 32;
  const auto start =
      static_cast<int64_t>(crc32(0, reinterpret_cast<const Bytef*>(name.data()), static_cast<uInt>(name.size())));
  const auto mixed = [](const torch::Tensor& bits) { return at::bitwise_xor(bits, at::floor_divide(bits, 65536)); };
  torch::Tensor bits = torch::arange(c10::multiply_integers(shape), torch::kLong);
  bits = (bits * 2654435761 + start).remainder(range);
  for (int round = 0; round < 2; ++round) bits = (mixed(bits) * 73244475).remainder(range);
  return (mixed(bits).to(torch::kDouble) / static_cast<double>(range)).reshape(shape);
}

/// A parameter or buffer of this name: of such size that eps, GELU's form and every branch show.
torch::Tensor value(const std::string& name, torch::IntArrayRef shape) {
  const torch::Tensor u = uniform(name, shape);
  if (name.ends_with("num_batches_tracked")) return torch::zeros(shape);
  if (shape.size() == 2 || shape.size() == 4) {
    const auto fan_in = static_cast<double>(c10::multiply_integers(shape.slice(1)));
    return (2 * u - 1) * std::sqrt(3 / fan_in);
  }
  if (name.ends_with("bias") || name.ends_with("running_mean")) return 0.1 * (2 * u - 1);
  return 0.5 + u;
}

/// The second image is nearly uniform, so that its variance is near LayerNorm's eps.
torch::Tensor images() {
  const torch::Tensor contrast = torch::tensor({1.0, 1e-3}, torch::kDouble).view({2, 1, 1, 1});
  return (4 * uniform("images", {2, 3, 64, 96}) - 2) * contrast;
}

config::Json torchvision_logits(const std::string& name) {
  return config::read_json_file(tests::reference_file("logits.json")).at(name);
}

/// In evaluation mode and double.
std::shared_ptr<Classifier> built(const std::string& name, size_t classes) {
  config::ModelOptions options = find_model(name, {"test", ""}).options;
  options.num_classes = static_cast<int64_t>(classes);
  auto model = std::make_shared<Classifier>(options);
  model->to(torch::kDouble);
  for (auto& item : named_state(*model)) item.tensor.copy_(value(item.name, item.tensor.sizes()));
  model->eval();
  return model;
}

/// The largest difference from the expected logits over the largest of them.
double difference(const torch::Tensor& logits, const config::Json& expected) {
  double largest = 0, error = 0;
  for (int64_t n = 0; n < logits.size(0); ++n)
    for (int64_t c = 0; c < logits.size(1); ++c) {
      const double wanted = expected.at(n).at(c);
      largest = std::max(largest, std::abs(wanted));
      error = std::max(error, std::abs(logits[n][c].item<double>() - wanted));
    }
  return error / largest;
}

}  // namespace

TEST_CASE("ResNet-50 and ConvNeXt-T give torchvision's logits", "[nn][reference]") {
  const torch::NoGradGuard no_grad;
  for (const std::string name : {"resnet50", "convnext_tiny"}) {
    INFO(name);
    const config::Json expected = torchvision_logits(name);
    auto model = built(name, expected.at(0).size());
    CHECK(difference(model->forward(images()), expected) < 1e-10);
    model->to(torch::kFloat);
    CHECK(difference(model->forward(images().to(torch::kFloat)).to(torch::kDouble), expected) < 1e-4);
  }
}

}  // namespace reference_test
