#include "staircase/nn/classifier.h"
#include "staircase/nn/initialize.h"
#include "staircase/plan/named_models.h"
#include "support/catch.h"
#include "support/statistics.h"

namespace drop_path_test {

using namespace staircase;
using namespace staircase::nn;
using namespace staircase::plan;

TEST_CASE("Drop path leaves out a sample's branch with its rate, or divides it by the keep probability", "[nn]") {
  config::ModelOptions options = find_model("convnext_tiny", {"test", ""}).options;
  options.depths = {1};
  options.width_factor = 0.0625;
  options.num_classes = 3;
  options.layer_scale_init = 1;
  auto model = std::make_shared<Classifier>(options);
  initialize(*model, 0);
  model->to(torch::kDouble);  // the branch is small beside the shortcut
  const torch::NoGradGuard no_grad;
  const auto& block = model->blocks().at(0);
  const int samples = 4000;
  const torch::Tensor x = torch::randn({samples, 6, 3, 3}, torch::kDouble);
  model->eval();
  const torch::Tensor branch = block->forward(x) - x;
  model->train();
  model->set_drop_path(0.3);
  model->set_step({7, 1, 0});
  const torch::Tensor scale = ((block->forward(x) - x) / branch).flatten(1);
  int dropped = 0;
  for (int i = 0; i < samples; ++i) {
    const double of_sample = scale[i].median().item<double>();
    REQUIRE((of_sample == Approx(0).margin(1e-4) || of_sample == Approx(1 / 0.7).epsilon(1e-3)));
    dropped += of_sample < 0.5;
  }
  CHECK(tests::binomial_p(dropped, samples, 0.3) > tests::least_p);
  model->eval();
  CHECK(torch::equal(block->forward(x) - x, branch));
}

TEST_CASE("ConvNeXt T, S, B and L have the drop path rates .1, .4, .5 and .5", "[nn][reference]") {
  const auto rate = [](const std::string& name) { return find_model(name, {"test", ""}).drop_path_rate; };
  CHECK(rate("convnext_tiny") == 0.1);
  CHECK(rate("convnext_small") == 0.4);
  CHECK(rate("convnext_base") == 0.5);
  CHECK(rate("convnext_large") == 0.5);
}

}  // namespace drop_path_test
