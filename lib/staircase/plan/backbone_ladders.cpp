#include "staircase/plan/ladder_parts.h"
#include "staircase/plan/named_models.h"

namespace staircase::plan {
namespace {

using config::Json;

/// From a named network, under the modern recipe.
Ladder ladder_from(const std::string& start, const std::string& end) {
  return {start + "-" + end, find_model(start, {"", "MODEL"}).options, "modern", 0.1, {}};
}

/// A step that sets one field of the model.
LadderStep sets(const std::string& name, const std::string& group, const std::string& field, Json value) {
  return ladder_step(name, group, {{"/model/" + field, std::move(value)}});
}

LadderStep with_top1(LadderStep step, double paper_top1) {
  step.paper_top1 = paper_top1;
  return step;
}

/// Top-1: Liu et al. 2021, arXiv:2103.14030, Table 4; the end: Liu et al. 2022, arXiv:2201.03545.
Ladder swin_to_convnext() {
  Ladder ladder = ladder_from("swin_tiny", "convnext_tiny");
  LadderStep without_bias = sets("shifted_without_bias", "attention", "position_embedding", "none");
  without_bias.side_branch = true;
  ladder.steps = {with_top1(ladder_step("swin_tiny", "", Json::object()), 81.3),
                  with_top1(without_bias, 80.1),
                  with_top1(sets("unshifted", "attention", "spatial", "window_attention"), 80.2),
                  sets("no_position_bias", "attention", "position_embedding", "none"),
                  sets("depthwise", "attention", "spatial", "depthwise"),
                  sets("stage_ratio", "macro", "depths", {3, 3, 9, 3}),
                  sets("one_residual", "block", "residuals_per_block", 1),
                  sets("convolution_downsampling", "macro", "downsampling", "separate"),
                  sets("norm_after_pooling", "micro", "head_norm", "after_pooling"),
                  sets("norm_eps", "micro", "norm_eps", 0.0),
                  with_top1(sets("layer_scale", "micro", "layer_scale_init", 1e-6), 82.1)};
  return ladder;
}

/// Top-1: the README of DeiT; Liu et al. 2022, Table 2.
Ladder deit_to_isotropic() {
  Ladder ladder = ladder_from("deit_small", "convnext_isotropic_small");
  ladder.steps = {with_top1(ladder_step("deit_small", "", Json::object()), 79.9),
                  sets("token_without_position", "position", "position_embedding", "learned"),
                  sets("mean_pooling", "head", "pooling", "mean"),
                  sets("depthwise", "attention", "spatial", "depthwise"),
                  sets("depth", "macro", "depths", Json::array({18})),
                  sets("kernel_7", "large kernel", "kernel_size", 7),
                  sets("no_position_embedding", "position", "position_embedding", "none"),
                  sets("one_residual", "block", "residuals_per_block", 1),
                  with_top1(sets("norm_after_pooling", "micro", "head_norm", "after_pooling"), 79.7)};
  return ladder;
}

std::vector<LadderStep> resnet_to_swin_steps() {
  return {with_top1(ladder_step("original_recipe", "", Json::object()), 76.13),
          with_top1(ladder_step("modern_recipe", "recipe", {{"/recipe", "modern"}}), 78.82),
          sets("stage_ratio", "macro", "depths", {2, 2, 6, 2}),
          sets("patchify_stem", "macro", "stem", "patchify4"),
          sets("depthwise", "ResNeXt", "spatial", "depthwise"),
          sets("width", "ResNeXt", "width", 96),
          sets("inverted_bottleneck", "inverted bottleneck", "block", "inverted_bottleneck"),
          sets("move_up_depthwise", "large kernel", "spatial_position", "first"),
          sets("kernel_7", "large kernel", "kernel_size", 7),
          sets("gelu", "micro", "activation", "gelu"),
          sets("fewer_activations", "micro", "activations_per_block", 1),
          sets("fewer_norms", "micro", "norms_per_block", 1),
          sets("layer_norm", "micro", "norm", "layer"),
          sets("separate_downsampling", "micro", "downsampling", "separate"),
          sets("convolution_biases", "micro", "conv_bias", "always"),
          sets("two_residuals", "block", "residuals_per_block", 2),
          sets("window_attention", "attention", "spatial", "window_attention"),
          sets("relative_position", "attention", "position_embedding", "relative"),
          sets("shifted_windows", "attention", "spatial", "shifted_window_attention"),
          sets("patch_merging", "macro", "downsampling", "patch_merging"),
          sets("norm_before_pooling", "micro", "head_norm", "before_pooling"),
          with_top1(sets("norm_eps", "micro", "norm_eps", 1e-5), 81.3)};
}

/// Top-1 of the first two: Liu et al. 2022, Table 10; the end: Liu et al. 2021.
Ladder resnet_to_swin() {
  Ladder ladder{"resnet50-swin_tiny", {}, "original", 0.1, resnet_to_swin_steps()};
  ladder.base.initialization = config::Initialization::truncated_normal;
  return ladder;
}

/// Top-1: Woo et al. 2023, arXiv:2301.00808, supervised.
Ladder convnext_to_v2() {
  Ladder ladder = ladder_from("convnext_tiny", "convnextv2_tiny");
  ladder.steps = {with_top1(ladder_step("convnext_tiny", "", Json::object()), 82.1), sets("grn", "micro", "grn", true),
                  with_top1(sets("no_layer_scale", "micro", "layer_scale_init", 0.0), 82.5)};
  return ladder;
}

}  // namespace

std::vector<Ladder> backbone_ladders() {
  return {swin_to_convnext(), deit_to_isotropic(), resnet_to_swin(), convnext_to_v2()};
}

}  // namespace staircase::plan
