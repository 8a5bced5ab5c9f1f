#include "staircase/plan/plan.h"

#include "staircase/plan/named_models.h"
#include "support/catch.h"

using namespace staircase;
using namespace staircase::plan;
using config::ModelOptions;

namespace staircase::plan {
std::ostream& operator<<(std::ostream& out, const LayerSpec& layer) {
  return out << layer.name << " " << kind_name(layer.kind) << " " << layer.in << "->" << layer.out << " k"
             << layer.kernel << " s" << layer.stride << " g" << layer.groups << (layer.bias ? " bias" : "");
}
}  // namespace staircase::plan

namespace {
const config::Place here{"test", ""};
int64_t params(const std::string& name) { return count_model(find_model(name, here).options).params; }
}  // namespace

TEST_CASE("Named models have the published number of parameters", "[plan][reference]") {
  // torchvision's pages of its models; xlarge: the table of the ConvNeXt repository (350 M).
  CHECK(params("resnet50") == 25557032);
  CHECK(params("resnet101") == 44549160);
  CHECK(params("resnet152") == 60192808);
  CHECK(params("convnext_tiny") == 28589128);
  CHECK(params("convnext_small") == 50223688);
  CHECK(params("convnext_base") == 88591464);
  CHECK(params("convnext_large") == 197767336);
  CHECK(params("convnext_xlarge") == 350196968);
}

TEST_CASE("The plan of a ConvNeXt block is depthwise, norm, 1x1, activation, 1x1", "[plan]") {
  const ModelPlan plan = plan_model(find_model("convnext_tiny", here).options);
  const std::vector<LayerSpec> expected{{"conv1", LayerKind::convolution, 96, 96, 7, 1, 3, 96, true},
                                        {"norm1", LayerKind::layer_norm, 96, 96},
                                        {"conv2", LayerKind::convolution, 96, 384, 1, 1, 0, 1, true},
                                        {"activation2", LayerKind::gelu, 384, 384},
                                        {"conv3", LayerKind::convolution, 384, 96, 1, 1, 0, 1, true}};
  CHECK(plan.stages[0].blocks[0].branch == expected);
  CHECK(plan.stages[0].blocks[0].shortcut.empty());
  CHECK(plan.stages[0].blocks[0].after.empty());
}

TEST_CASE("The plan of a ResNet block has the stride on its 3x3 and on the projection", "[plan]") {
  const BlockPlan block = plan_model(ModelOptions{}).stages[1].blocks[0];
  const std::vector<LayerSpec> branch{
      {"conv1", LayerKind::convolution, 256, 128}, {"norm1", LayerKind::batch_norm, 128, 128},
      {"activation1", LayerKind::relu, 128, 128},  {"conv2", LayerKind::convolution, 128, 128, 3, 2, 1},
      {"norm2", LayerKind::batch_norm, 128, 128},  {"activation2", LayerKind::relu, 128, 128},
      {"conv3", LayerKind::convolution, 128, 512}, {"norm3", LayerKind::batch_norm, 512, 512}};
  const std::vector<LayerSpec> shortcut{{"conv", LayerKind::convolution, 256, 512, 1, 2},
                                        {"norm", LayerKind::batch_norm, 512, 512}};
  CHECK(block.branch == branch);
  CHECK(block.shortcut == shortcut);
  CHECK(block.after == std::vector<LayerSpec>{{"activation3", LayerKind::relu, 512, 512}});
}

TEST_CASE("A width factor multiplies every width", "[plan]") {
  ModelOptions narrow;
  narrow.width_factor = 0.25;
  ModelOptions direct;
  direct.width = 16;
  CHECK(count_model(narrow) == count_model(direct));
}

TEST_CASE("Groups that do not divide the channels are refused with both fields", "[plan]") {
  ModelOptions options;
  options.spatial = config::Spatial::grouped;
  options.width = 40;
  CHECK_THROWS_WITH(plan_model(options), ContainsSubstring("/model/groups") && ContainsSubstring("/model/width"));
}

TEST_CASE("Separate downsampling after a patchify stem without a norm is refused with both fields", "[plan]") {
  ModelOptions options = find_model("convnext_tiny", here).options;
  options.patchify_norm = false;
  CHECK_THROWS_WITH(plan_model(options), ContainsSubstring("/model/patchify_norm: false") &&
                                             ContainsSubstring("/model/downsampling separate"));
  options.stem = config::Stem::conv7_pool;
  CHECK_NOTHROW(plan_model(options));
  const ModelPlan one_stage = plan_model(find_model("convnext_isotropic_small", here).options);
  CHECK(one_stage.stem.size() == 1);
}

TEST_CASE("A network of absurd size is refused before anything is allocated", "[plan]") {
  ModelOptions options;
  options.width = 4096;
  options.width_factor = 16;
  options.expansion = 16;
  options.kernel_size = 63;
  options.depths = {200, 200, 200, 200};
  CHECK_THROWS_WITH(plan_model(options), ContainsSubstring("at most 2000 million"));
}

TEST_CASE("An image that the network shrinks to nothing is refused with the layer", "[plan]") {
  const ModelPlan plan = plan_model(find_model("convnext_tiny", here).options);
  CHECK_NOTHROW(count_layers(plan, 32));
  CHECK_THROWS_WITH(count_layers(plan, 24), ContainsSubstring("/data/image_size_px: 24 px is too small") &&
                                                ContainsSubstring("stages.3.downsample.conv"));
}

TEST_CASE("An unknown model names the nearest", "[plan]") {
  CHECK_THROWS_WITH(find_model("convnext_tny", here), ContainsSubstring("did you mean \"convnext_tiny\""));
  CHECK_THROWS_WITH(find_model("resnet50-convnext_tiny/kernl_7", here), ContainsSubstring("kernel_7"));
}
