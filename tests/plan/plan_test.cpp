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
  REQUIRE(plan.stages[0].blocks[0].residuals.size() == 1);
  const ResidualPlan& residual = plan.stages[0].blocks[0].residuals[0];
  CHECK(residual.layers == expected);
  CHECK(residual.layer_scale == LayerSpec{"layer_scale", LayerKind::layer_scale, 96, 96});
  CHECK(residual.layer_scale_init == 1e-6);
  CHECK(residual.shortcut.empty());
  CHECK(residual.after.empty());
}

TEST_CASE("The plan of a ResNet block has the stride on its 3x3 and on the projection", "[plan]") {
  const BlockPlan block = plan_model(ModelOptions{}).stages[1].blocks[0];
  const std::vector<LayerSpec> layers{
      {"conv1", LayerKind::convolution, 256, 128}, {"norm1", LayerKind::batch_norm, 128, 128},
      {"activation1", LayerKind::relu, 128, 128},  {"conv2", LayerKind::convolution, 128, 128, 3, 2, 1},
      {"norm2", LayerKind::batch_norm, 128, 128},  {"activation2", LayerKind::relu, 128, 128},
      {"conv3", LayerKind::convolution, 128, 512}, {"norm3", LayerKind::batch_norm, 512, 512}};
  const std::vector<LayerSpec> shortcut{{"shortcut.conv", LayerKind::convolution, 256, 512, 1, 2},
                                        {"shortcut.norm", LayerKind::batch_norm, 512, 512}};
  REQUIRE(block.residuals.size() == 1);
  CHECK(block.residuals[0].layers == layers);
  CHECK_FALSE(block.residuals[0].layer_scale);
  CHECK(block.residuals[0].shortcut == shortcut);
  CHECK(block.residuals[0].after == std::vector<LayerSpec>{{"activation3", LayerKind::relu, 512, 512}});
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

TEST_CASE("A plan is counted for the image that it was made for, whose sides may differ", "[plan]") {
  const ModelPlan plan = plan_model(find_model("convnext_tiny", here).options, {64, 96});
  CHECK(plan.image == ImageSize{64, 96});
  const std::vector<CountedLayer> layers = count_layers(plan);
  CHECK(layers[0].spec.name == "stem.conv");
  CHECK(layers[0].out_size == ImageSize{16, 24});
  CHECK(layers[0].macs == 16 * 24 * 96 * 3 * 4 * 4);
  CHECK(layers[2].spec.name == "stages.0.blocks.0.conv1");
  CHECK(layers[2].macs == 16 * 24 * 96 * 7 * 7);
  CHECK(layers.back().out_size == square(1));
  CHECK_THROWS_WITH(count_layers(plan_model(find_model("convnext_tiny", here).options, {64, 24})),
                    ContainsSubstring("64x24 px is too small"));
}

TEST_CASE("Two networks are the same when their plans are equal", "[plan]") {
  ModelOptions options, other;
  other.groups = 64;  // means nothing where no convolution is grouped
  CHECK(options != other);
  CHECK(plan_model(options) == plan_model(other));
  other.layer_scale_init = 1e-6;
  const ModelPlan scaled = plan_model(other);
  CHECK(scaled != plan_model(options));
  other.layer_scale_init = 1e-5;
  CHECK(plan_model(other) != scaled);
  other = options;
  other.activation = config::Activation::gelu;
  CHECK(plan_model(other) != plan_model(options));
}

TEST_CASE("A block may hold several residuals, each counted from its own entry", "[plan]") {
  ResidualPlan first, second;
  first.layers = {{"conv1", LayerKind::convolution, 8, 8, 3, 2, 1}};
  first.shortcut = {{"shortcut1.conv", LayerKind::convolution, 8, 8, 1, 2}};
  second.layers = {{"conv2", LayerKind::convolution, 8, 32}, {"conv3", LayerKind::convolution, 32, 16}};
  second.layer_scale = {"layer_scale2", LayerKind::layer_scale, 16, 16};
  second.shortcut = {{"shortcut2.conv", LayerKind::convolution, 8, 16}};
  first.out = 8;
  second.out = 16;
  ModelPlan plan;
  plan.image = square(12);
  plan.stages = {{{}, {{{first, second}}}}};
  CHECK(plan.stages[0].blocks[0].out() == 16);
  const std::string block = "stages.0.blocks.0.";
  const std::vector<std::tuple<std::string, int64_t, int64_t>> expected{
      // name, parameters, MACs
      {block + "conv1", 8 * 8 * 9, 6 * 6 * 8 * 8 * 9},
      {block + "shortcut1.conv", 8 * 8, 6 * 6 * 8 * 8},
      {block + "conv2", 8 * 32, 6 * 6 * 8 * 32},
      {block + "conv3", 32 * 16, 6 * 6 * 32 * 16},
      {block + "layer_scale2", 16, 0},
      {block + "shortcut2.conv", 8 * 16, 6 * 6 * 8 * 16}};
  std::vector<std::tuple<std::string, int64_t, int64_t>> found;
  for (const CountedLayer& layer : count_layers(plan)) found.emplace_back(layer.spec.name, layer.params, layer.macs);
  CHECK(found == expected);
}

TEST_CASE("Running statistics are tensors of a layer and none of its parameters", "[plan]") {
  const LayerSpec norm{"stem.norm", LayerKind::batch_norm, 64, 64};
  CHECK(layer_tensors(norm).size() == 5);
  CHECK(layer_tensors(norm)[3] == TensorSpec{"stem.norm.running_var", {64}, TensorRole::statistic, 1.0});
  CHECK(parameter_count(norm) == 2 * 64);
}

TEST_CASE("An unknown model names the nearest", "[plan]") {
  CHECK_THROWS_WITH(find_model("convnext_tny", here), ContainsSubstring("did you mean \"convnext_tiny\""));
  CHECK_THROWS_WITH(find_model("resnet50-convnext_tiny/kernl_7", here), ContainsSubstring("kernel_7"));
}
