// One block of each family as a literal list, and the options that do not go together.
#include "staircase/plan/named_models.h"
#include "staircase/plan/plan.h"
#include "support/catch.h"

namespace families_test {

using namespace staircase;
using namespace staircase::plan;
using namespace staircase::config;

namespace {

const Place here{"test", ""};

ModelOptions named(const char* name) { return find_model(name, here).options; }

LayerSpec norm(const char* name, LayerKind kind, int64_t channels, double eps = 0.0) {
  LayerSpec layer{name, kind, channels, channels};
  layer.eps = eps;
  return layer;
}

LayerSpec pointwise(const char* name, int64_t in, int64_t out) {
  return {name, LayerKind::convolution, in, out, 1, 1, 0, 1, true};
}

LayerSpec attention(int64_t channels, int64_t window, int64_t heads, int64_t shift, bool position_bias) {
  LayerSpec layer{"attention", LayerKind::attention, channels, channels, window, 1, 0, heads, true};
  layer.shift = shift;
  layer.position_bias = position_bias;
  return layer;
}

std::vector<LayerSpec> layers(const ModelOptions& options, size_t stage, size_t block, size_t residual) {
  return plan_model(options).stages.at(stage).blocks.at(block).residuals.at(residual).layers;
}

void refuses(const ModelOptions& options, const std::string& sentence) {
  INFO(sentence);
  CHECK_THROWS_WITH(plan_model(options, Place{"", "/model"}), ContainsSubstring(sentence));
}

/// A model with some fields set.
template <class Edit>
ModelOptions with(const char* name, const Edit& edit) {
  ModelOptions options = named(name);
  edit(options);
  return options;
}

}  // namespace

TEST_CASE("A block of a ViT is norm and attention, then norm and MLP", "[plan]") {
  CHECK(layers(named("deit_small"), 0, 3, 0) ==
        std::vector<LayerSpec>{norm("pre_norm1", LayerKind::layer_norm, 384), attention(384, 0, 6, 0, false)});
  CHECK(layers(named("deit_small"), 0, 3, 1) == std::vector<LayerSpec>{norm("pre_norm2", LayerKind::layer_norm, 384),
                                                                       pointwise("conv2", 384, 1536),
                                                                       {"activation2", LayerKind::gelu, 1536, 1536},
                                                                       pointwise("conv3", 1536, 384)});
  const auto residuals = plan_model(named("deit3_small")).stages[0].blocks[0].residuals;
  CHECK(residuals[0].layer_scale == LayerSpec{"layer_scale1", LayerKind::layer_scale, 384, 384});
  CHECK(residuals[1].layer_scale == LayerSpec{"layer_scale2", LayerKind::layer_scale, 384, 384});
  CHECK(residuals[1].layer_scale_init == 1e-4);
}

TEST_CASE("A ViT has the token before the table, DeiT III the table before the token", "[plan]") {
  const auto names = [](const char* model) {
    std::vector<std::string> found;
    for (const LayerSpec& layer : plan_model(named(model)).stem) found.push_back(layer.name);
    return found;
  };
  CHECK(names("deit_small") == std::vector<std::string>{"conv", "class_token", "position_embedding"});
  CHECK(names("deit3_small") == std::vector<std::string>{"conv", "position_embedding", "class_token"});
  CHECK(names("vit_small_gap") == std::vector<std::string>{"conv", "position_embedding"});
  CHECK(plan_model(named("deit_small")).stem.back().positions == 197);
  CHECK(plan_model(named("deit3_small")).stem.at(1).positions == 196);
  const auto counted = count_layers(plan_model(named("deit_small")));
  CHECK(counted.at(3).out_size == ImageSize{1, 197});
}

TEST_CASE("Every second block of a Swin stage has shifted windows", "[plan]") {
  CHECK(layers(named("swin_tiny"), 2, 4, 0) ==
        std::vector<LayerSpec>{norm("pre_norm1", LayerKind::layer_norm, 384, 1e-5), attention(384, 7, 12, 0, true)});
  CHECK(layers(named("swin_tiny"), 2, 5, 0).at(1) == attention(384, 7, 12, 3, true));
  const std::vector<LayerSpec> merging{{"gather", LayerKind::space_to_depth, 96, 384, 2, 2},
                                       norm("norm", LayerKind::layer_norm, 384, 1e-5),
                                       {"conv", LayerKind::convolution, 384, 192}};
  CHECK(plan_model(named("swin_tiny")).stages[1].downsample == merging);
  std::vector<std::string> head;
  for (const LayerSpec& layer : plan_model(named("swin_tiny")).head) head.push_back(layer.name);
  CHECK(head == std::vector<std::string>{"norm", "pool", "linear"});
}

TEST_CASE("A block of ConvNeXt V2 has a GRN after its activation", "[plan]") {
  const auto found = layers(named("convnextv2_tiny"), 0, 0, 0);
  REQUIRE(found.size() == 6);
  CHECK(found[3] == LayerSpec{"activation2", LayerKind::gelu, 384, 384});
  CHECK(found[4] == LayerSpec{"grn", LayerKind::grn, 384, 384});
  CHECK(found[5] == pointwise("conv3", 384, 96));
}

TEST_CASE("A block of PoolFormer pools between GroupNorms, its stages are 64, 128, 320 and 512 wide", "[plan]") {
  const ModelPlan plan = plan_model(named("poolformer_s12"));
  CHECK(layers(named("poolformer_s12"), 2, 0, 0) ==
        std::vector<LayerSpec>{norm("pre_norm1", LayerKind::group_norm, 320),
                               {"pool", LayerKind::pool_minus_input, 320, 320, 3, 1, 1}});
  CHECK(plan.stem == std::vector<LayerSpec>{{"conv", LayerKind::convolution, 3, 64, 7, 4, 2, 1, true}});
  CHECK(plan.stages[3].downsample ==
        std::vector<LayerSpec>{{"conv", LayerKind::convolution, 320, 512, 3, 2, 1, 1, true}});
}

TEST_CASE("A ResNeXt has a stem of its own width", "[plan]") {
  const ModelPlan plan = plan_model(named("resnext50_32x4d"));
  CHECK(plan.stem[0] == LayerSpec{"conv", LayerKind::convolution, 3, 64, 7, 2, 3});
  CHECK(plan.stages[0].blocks[0].residuals[0].layers[0] == LayerSpec{"conv1", LayerKind::convolution, 64, 128});
  CHECK(plan.stages[0].blocks[0].residuals[0].layers[3] ==
        LayerSpec{"conv2", LayerKind::convolution, 128, 128, 3, 1, 1, 32});
}

TEST_CASE("Stems for small images keep more of them", "[plan]") {
  const auto side = [](Stem stem) {
    ModelOptions options = named("convnext_tiny");
    options.stem = stem;
    for (const CountedLayer& layer : count_layers(plan_model(options, square(112))))
      if (layer.spec.name == "stages.0.blocks.0.conv1") return layer.out_size;
    return ImageSize{};
  };
  CHECK(side(Stem::conv3) == square(112));
  CHECK(side(Stem::patchify2) == square(56));
  CHECK(side(Stem::patchify8) == square(14));
  CHECK(side(Stem::patchify14) == square(8));
  CHECK(side(Stem::conv7_stride4) == square(28));
}

TEST_CASE("A width factor leaves the number of heads as it is", "[plan]") {
  const ModelOptions narrow = with("swin_tiny", [](ModelOptions& o) { o.width_factor = 0.125; });
  const int64_t heads[] = {3, 6, 12, 24}, channels[] = {12, 24, 48, 96};
  for (size_t stage = 0; stage < 4; ++stage)
    CHECK(layers(narrow, stage, 0, 0).at(1) == attention(channels[stage], 7, heads[stage], 0, true));
}

TEST_CASE("A norm's own epsilon is no difference", "[plan]") {
  CHECK(plan_model(with("convnext_tiny", [](ModelOptions& o) { o.norm_eps = 1e-6; })) ==
        plan_model(named("convnext_tiny")));
  CHECK(plan_model(with("convnext_tiny", [](ModelOptions& o) { o.norm_eps = 1e-5; })) !=
        plan_model(named("convnext_tiny")));
}

TEST_CASE("Options that do not go together are refused with both fields", "[plan]") {
  refuses(with("resnet50", [](ModelOptions& o) { o.spatial = Spatial::attention; }),
          "/model/spatial: attention has no stride, which /model/downsampling in_block asks of the first block of a "
          "stage");
  refuses(with("convnext_tiny", [](ModelOptions& o) { o.kernel_size = 8; }),
          "/model/kernel_size: 8 is even, which only windows can be: it does not go with /model/spatial depthwise");
  refuses(with("poolformer_s12", [](ModelOptions& o) { o.kernel_size = 4; }),
          "/model/kernel_size: 4 is even, which only windows can be: it does not go with /model/spatial pooling");
  refuses(with("convnext_tiny", [](ModelOptions& o) { o.position_embedding = PositionEmbedding::relative; }),
          "/model/position_embedding: relative does not go with /model/spatial depthwise: only window attention has a "
          "bias table");
  refuses(
      with("vit_small_gap", [](ModelOptions& o) { o.position_embedding = PositionEmbedding::learned_with_token; }),
      "/model/position_embedding: learned_with_token does not go with /model/pooling mean: there is no class token");
  refuses(with("poolformer_s12", [](ModelOptions& o) { o.pooling = Pooling::class_token; }),
          "/model/pooling: class_token does not go with /model/spatial pooling: only attention lets the token see the "
          "image");
  refuses(with("deit_small",
               [](ModelOptions& o) {
                 o.depths = {2, 2, 6, 2};
                 o.downsampling = Downsampling::patch_merging;
               }),
          "/model/pooling: class_token does not go with 4 stages in /model/depths: the token cannot be downsampled");
  refuses(with("swin_tiny",
               [](ModelOptions& o) {
                 o.width = 64;
                 o.head_dim = 48;
               }),
          "/model/head_dim: 48 does not divide the 64 channels that /model/width 64 gives the attention of stage 1");
  refuses(with("swin_tiny", [](ModelOptions& o) { o.width_factor = 0.1; }),
          "/model/width_factor: 0.1 leaves 10 channels for the 3 heads that /model/head_dim 32 gives the attention of "
          "stage 1");
  refuses(with("poolformer_s12",
               [](ModelOptions& o) {
                 o.depths = {2, 2};
               }),
          "/model/width: has 4 values for the 2 stages in /model/depths");
  refuses(with("swin_tiny", [](ModelOptions& o) { o.image_size_px = 224; }),
          "/model/image_size_px: is of a learned table, and /model/position_embedding is relative (did you mean "
          "/data/image_size_px?)");
  refuses(with("deit_small", [](ModelOptions& o) { o.image_size_px = 15; }),
          "/model/image_size_px: 15 is too small for /model/stem patchify16: no position is left for the table");
}

TEST_CASE("Windows may have an even side", "[plan]") {
  CHECK_NOTHROW(plan_model(with("swin_tiny", [](ModelOptions& o) { o.kernel_size = 8; })));
}

}  // namespace families_test
