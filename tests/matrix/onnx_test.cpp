// Every rung and every named model as ONNX, computed by our own runner and, where it is there, by ONNX Runtime.
#include "matrix/all_models.h"
#include "staircase/interop/onnx/export.h"
#include "staircase/interop/onnx/onnx_runtime.h"
#include "staircase/interop/onnx/runner.h"
#include "staircase/nn/initialize.h"
#include "staircase/plan/plan.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

namespace onnx_test {

using namespace staircase;
using namespace staircase::interop;
using namespace staircase::tests;

TEST_CASE("Every model's ONNX file gives its logits, at any batch, and at any size where the network allows it",
          "[matrix]") {
  const torch::NoGradGuard no_grad;
  const TemporaryFolder folder;
  const auto file = folder / "model.onnx";
  for (const plan::NamedModel& named : all_models()) {
    INFO(named.name);
    nn::Classifier model(reduced(named.options));
    nn::initialize(model, 0);
    for (auto& item : nn::named_state(model))  // statistics and LayerScale are the same in every new model
      if (item.tensor.is_floating_point()) item.tensor.add_(0.01 * torch::rand_like(item.tensor));
    ModelDescription description;
    description.model = model.options();
    description.data.image_size_px = 72;  // no multiple of Swin's windows
    const OnnxReport report = export_onnx(model, description, file);
    CHECK(report.verified_shapes.size() == 3);
    const bool convolutional = named.options.spatial == config::Spatial::dense ||
                               named.options.spatial == config::Spatial::grouped ||
                               named.options.spatial == config::Spatial::depthwise;
    const bool is_free =
        named.options.downsampling != config::Downsampling::patch_merging && !plan::has_position_table(named.options);
    if (convolutional && is_free) CHECK(report.any_size);
    const torch::Tensor x = report.any_size ? torch::randn({3, 3, 40, 104}) : torch::randn({3, 3, 72, 72});
    const torch::Tensor expected = model.forward(x), found = OnnxRunner(file).run(x);
    REQUIRE(expected.sizes() == found.sizes());
    CHECK((found - expected).abs().max().item<double>() <= 1e-4 * expected.abs().max().item<double>());
    if (!has_onnx_runtime()) continue;
    const torch::Tensor by_others = open_onnx(file, 1)->run(x);
    REQUIRE(expected.sizes() == by_others.sizes());
    CHECK((by_others - expected).abs().max().item<double>() <= 1e-4 * expected.abs().max().item<double>());
  }
}

}  // namespace onnx_test
