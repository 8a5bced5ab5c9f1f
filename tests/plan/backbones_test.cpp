// Every number of this file is computed from the published definitions, outside this code; where a paper or
// repository prints one, it agrees.
#include "staircase/plan/ladder.h"
#include "staircase/plan/named_models.h"
#include "staircase/plan/plan.h"
#include "support/catch.h"

namespace backbones_test {

using namespace staircase;
using namespace staircase::plan;

namespace {

const config::Place here{"test", ""};

struct Known {
  const char* name;
  int64_t params, macs, product_macs;
};

void check_counts(const std::vector<Known>& networks) {
  for (const Known& known : networks) {
    INFO(known.name);
    const ModelCounts counts = count_model(find_model(known.name, here).options);
    CHECK(counts.params == known.params);
    CHECK(counts.macs == known.macs);
    CHECK(counts.product_macs == known.product_macs);
  }
}

void check_walk(const std::string& ladder, const std::vector<Known>& rows) {
  std::vector<Rung> rungs;
  for (const Rung& rung : climb(find_ladder(ladder, here)))
    if (!rung.step.side_branch) rungs.push_back(rung);
  REQUIRE(rungs.size() == rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    INFO(ladder << "/" << rows[i].name);
    CHECK(rungs[i].step.name == rows[i].name);
    const ModelCounts counts = count_model(rungs[i].model);
    CHECK(counts.params == rows[i].params);
    CHECK(counts.macs == rows[i].macs);
    CHECK(counts.product_macs == rows[i].product_macs);
  }
}

struct Part {
  int64_t params = 0, macs = 0, product_macs = 0;
  bool operator==(const Part&) const = default;
};

/// What the layers whose names start so cost together.
Part cost_of(const std::vector<CountedLayer>& layers, const std::string& prefix) {
  Part part;
  for (const CountedLayer& layer : layers) {
    if (!layer.spec.name.starts_with(prefix)) continue;
    part.params += layer.params;
    part.macs += layer.macs;
    part.product_macs += layer.product_macs;
  }
  return part;
}

std::vector<CountedLayer> layers_of(const char* name) {
  return count_layers(plan_model(find_model(name, here).options));
}

}  // namespace

TEST_CASE("Transformers have the published parameters and the MACs of their definitions", "[plan][reference]") {
  check_counts({{"deit_tiny", 5717416, 1074851328, 178831872},
                {"deit_small", 22050664, 4241218560, 357663744},
                {"vit_small_patch16", 22050664, 4241218560, 357663744},
                {"deit_base", 86567656, 16848500736, 715327488},
                {"vit_base_patch16", 86567656, 16848500736, 715327488},
                {"deit3_small", 22059496, 4241218560, 357663744},
                {"deit3_base", 86585320, 16848500736, 715327488},
                {"vit_small_gap", 22049896, 4219984896, 354041856},
                {"swin_tiny", 28288354, 4350425088, 140141568},
                {"swin_small", 49606258, 8512223232, 228652032},
                {"swin_base", 87768224, 15126077440, 304869376}});
}

TEST_CASE("ConvNeXt V2, PoolFormer and ResNeXt have the published parameters", "[plan][reference]") {
  check_counts({{"convnextv2_atto", 3708400, 547332480, 0},
                {"convnextv2_femto", 5233240, 779629824, 0},
                {"convnextv2_pico", 9066280, 1367055360, 0},
                {"convnextv2_nano", 15623800, 2445528320, 0},
                {"convnextv2_tiny", 28635496, 4455531264, 0},
                {"convnextv2_base", 88717800, 15354729472, 0},
                {"convnextv2_large", 197956840, 34361433600, 0},
                {"convnextv2_huge", 660289640, 114922100480, 0},
                {"poolformer_s12", 11915176, 1812267008, 0},
                {"poolformer_s24", 21388968, 3392208896, 0},
                {"resnext50_32x4d", 25028904, 4230479872, 0}});
  CHECK(count_model(find_model("resnext101_32x8d", here).options).params == 88791336);  // torchvision's page
}

TEST_CASE("A ViT planned for larger images has a larger table", "[plan][reference]") {
  CHECK(count_model(find_model("deit_base", here).options, 384).params == 86859496);
  config::ModelOptions fixed = find_model("deit_base", here).options;
  fixed.image_size_px = 384;
  CHECK(count_model(fixed).params == 86859496);
}

TEST_CASE("The parts of Swin-T cost what their definitions say", "[plan][reference]") {
  const auto layers = layers_of("swin_tiny");
  CHECK(cost_of(layers, "stem.") == Part{4896, 14450688, 0});
  CHECK(cost_of(layers, "stages.0.blocks.") == Part{224694, 693633024, 59006976});
  CHECK(cost_of(layers, "stages.1.blocks.") == Part{891756, 693633024, 29503488});
  CHECK(cost_of(layers, "stages.2.blocks.") == Part{10658952, 2080899072, 44255232});
  CHECK(cost_of(layers, "stages.3.blocks.") == Part{14183856, 693633024, 7375872});
  CHECK(cost_of(layers, "stages.1.downsample.") == Part{74496, 57802752, 0});
  CHECK(cost_of(layers, "stages.2.downsample.") == Part{296448, 57802752, 0});
  CHECK(cost_of(layers, "stages.3.downsample.") == Part{1182720, 57802752, 0});
  CHECK(cost_of(layers, "head.") == Part{770536, 768000, 0});
}

TEST_CASE("The layers of DeiT-S cost what their definitions say", "[plan][reference]") {
  const auto layers = layers_of("deit_small");
  CHECK(cost_of(layers, "stem.conv") == Part{295296, 57802752, 0});
  CHECK(cost_of(layers, "stem.class_token") == Part{384, 0, 0});
  CHECK(cost_of(layers, "stem.position_embedding") == Part{75648, 0, 0});
  const std::string block = "stages.0.blocks.11.";
  CHECK(cost_of(layers, block + "pre_norm1") == Part{768, 0, 0});
  CHECK(cost_of(layers, block + "attention") == Part{591360, 116195328, 29805312});
  CHECK(cost_of(layers, block + "conv2") == Part{591360, 116195328, 0});
  CHECK(cost_of(layers, block + "conv3") == Part{590208, 116195328, 0});
  CHECK(cost_of(layers, "head.norm") == Part{768, 0, 0});
  CHECK(cost_of(layers, "head.linear") == Part{385000, 384000, 0});
}

TEST_CASE("The stages of ConvNeXt V2-T and ResNeXt-50 have the parameters of their definitions", "[plan][reference]") {
  auto layers = layers_of("convnextv2_tiny");
  CHECK(cost_of(layers, "stem.").params == 4896);
  CHECK(cost_of(layers, "stages.0.").params == 239904);
  CHECK(cost_of(layers, "stages.1.downsample.").params == 74112);
  CHECK(cost_of(layers, "stages.1.blocks.").params == 922176);
  CHECK(cost_of(layers, "stages.2.").params == 295680 + 10841472);
  CHECK(cost_of(layers, "stages.3.").params == 1181184 + 14305536);
  CHECK(cost_of(layers, "head.").params == 770536);
  layers = layers_of("resnext50_32x4d");
  CHECK(cost_of(layers, "stem.").params == 9536);
  CHECK(cost_of(layers, "stages.0.").params == 205824);
  CHECK(cost_of(layers, "stages.1.").params == 1197056);
  CHECK(cost_of(layers, "stages.2.").params == 7022592);
  CHECK(cost_of(layers, "stages.3.").params == 14544896);
  CHECK(cost_of(layers, "head.").params == 2049000);
}

TEST_CASE("Every rung from Swin-T to ConvNeXt-T costs what its definition says", "[plan][reference]") {
  check_walk("swin_tiny-convnext_tiny", {{"swin_tiny", 28288354, 4350425088, 140141568},
                                         {"unshifted", 28288354, 4350425088, 140141568},
                                         {"no_position_bias", 28265032, 4350425088, 140141568},
                                         {"depthwise", 19841992, 3033229824, 0},
                                         {"stage_ratio", 28598440, 4455531264, 0},
                                         {"one_residual", 28585192, 4455531264, 0},
                                         {"convolution_downsampling", 28582504, 4455531264, 0},
                                         {"norm_after_pooling", 28582504, 4455531264, 0},
                                         {"norm_eps", 28582504, 4455531264, 0},
                                         {"layer_scale", 28589128, 4455531264, 0}});
}

TEST_CASE("Every rung from DeiT-S to the isotropic ConvNeXt-S costs what its definition says", "[plan][reference]") {
  check_walk("deit_small-convnext_isotropic_small", {{"deit_small", 22050664, 4241218560, 357663744},
                                                     {"token_without_position", 22050280, 4241218560, 357663744},
                                                     {"mean_pooling", 22049896, 4219984896, 354041856},
                                                     {"depthwise", 14999656, 2840847360, 0},
                                                     {"depth", 22121320, 4232177664, 0},
                                                     {"kernel_7", 22397800, 4286367744, 0},
                                                     {"no_position_embedding", 22322536, 4286367744, 0},
                                                     {"one_residual", 22308712, 4286367744, 0},
                                                     {"norm_after_pooling", 22308712, 4286367744, 0}});
}

TEST_CASE("Every rung from ResNet-50 to Swin-T costs what its definition says", "[plan][reference]") {
  check_walk("resnet50-swin_tiny", {{"original_recipe", 25557032, 4089184256, 0},
                                    {"modern_recipe", 25557032, 4089184256, 0},
                                    {"stage_ratio", 20463912, 3215720448, 0},
                                    {"patchify_stem", 20457576, 3107340288, 0},
                                    {"depthwise", 11857896, 1728654336, 0},
                                    {"width", 25088488, 3874275840, 0},
                                    {"inverted_bottleneck", 17106088, 3231399936, 0},
                                    {"move_up_depthwise", 16952968, 2671379328, 0},
                                    {"kernel_7", 17102728, 2723311488, 0},
                                    {"gelu", 17102728, 2723311488, 0},
                                    {"fewer_activations", 17102728, 2723311488, 0},
                                    {"fewer_norms", 17080648, 2723311488, 0},
                                    {"layer_norm", 17080648, 2723311488, 0},
                                    {"separate_downsampling", 19825960, 3033229824, 0},
                                    {"convolution_biases", 19830472, 3033229824, 0},
                                    {"two_residuals", 19839304, 3033229824, 0},
                                    {"window_attention", 28262344, 4350425088, 140141568},
                                    {"relative_position", 28285666, 4350425088, 140141568},
                                    {"shifted_windows", 28285666, 4350425088, 140141568},
                                    {"patch_merging", 28288354, 4350425088, 140141568},
                                    {"norm_before_pooling", 28288354, 4350425088, 140141568},
                                    {"norm_eps", 28288354, 4350425088, 140141568}});
}

TEST_CASE("Every rung from ConvNeXt-T to ConvNeXt V2-T costs what its definition says", "[plan][reference]") {
  check_walk("convnext_tiny-convnextv2_tiny", {{"convnext_tiny", 28589128, 4455531264, 0},
                                               {"grn", 28642120, 4455531264, 0},
                                               {"no_layer_scale", 28635496, 4455531264, 0}});
}

TEST_CASE("Ladders between backbones end at the networks in their names", "[plan]") {
  for (const char* name : {"swin_tiny-convnext_tiny", "deit_small-convnext_isotropic_small", "resnet50-swin_tiny",
                           "convnext_tiny-convnextv2_tiny"}) {
    INFO(name);
    const config::ModelOptions last = climb(find_ladder(name, here)).back().model;
    const std::string end = std::string(name).substr(std::string(name).find('-') + 1);
    CHECK(plan_model(last) == plan_model(find_model(end, here).options));
  }
}

}  // namespace backbones_test
