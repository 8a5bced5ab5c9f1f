#include "staircase/plan/named_models.h"

namespace staircase::plan {
namespace {

using namespace config;  // NOLINT: the option enums

using Depths = std::vector<int64_t>;

/// A member of a family: its options where it differs from the one before it are set at the call.
NamedModel sized(NamedModel model, const std::string& name, Depths depths, StageWidths width, double drop_path_rate) {
  model.name = name;
  model.options.depths = std::move(depths);
  model.options.width = std::move(width);
  model.drop_path_rate = drop_path_rate;
  return model;
}

/// Source: He et al. 2015, arXiv:1512.03385.
NamedModel resnet(const std::string& name, Depths depths) {
  return sized({"", "resnet"}, name, std::move(depths), 64, 0.0);
}

/// 32 groups of `width / 32` channels, whatever the stem gives. Source: Xie et al. 2016, arXiv:1611.05431.
NamedModel resnext(const std::string& name, Depths depths, int64_t width) {
  NamedModel model = sized({"", "resnext"}, name, std::move(depths), width, 0.0);
  model.options.spatial = Spatial::grouped;
  model.options.stem_width = 64;
  model.options.expansion = 256 / width;
  return model;
}

/// Source: Liu et al. 2022, arXiv:2201.03545.
NamedModel convnext(const std::string& name, Depths depths, int64_t width, double drop_path_rate) {
  NamedModel model = sized({"", "convnext"}, name, std::move(depths), width, drop_path_rate);
  ModelOptions& options = model.options;
  options.stem = Stem::patchify4;
  options.spatial = Spatial::depthwise;
  options.block = BlockShape::inverted_bottleneck;
  options.spatial_position = SpatialPosition::first;
  options.kernel_size = 7;
  options.activation = Activation::gelu;
  options.activations_per_block = 1;
  options.norm = Norm::layer;
  options.norms_per_block = 1;
  options.downsampling = Downsampling::separate;
  options.conv_bias = ConvBias::always;
  options.layer_scale_init = 1e-6;
  options.initialization = Initialization::truncated_normal;
  return model;
}

/// One stage at a 16th of the image's side, as a ViT has it.
NamedModel isotropic(const std::string& name, int64_t depth, int64_t width, double layer_scale_init,
                     double drop_path_rate) {
  NamedModel model = convnext(name, {depth}, width, drop_path_rate);
  model.options.stem = Stem::patchify16;
  model.options.patchify_norm = false;
  model.options.layer_scale_init = layer_scale_init;
  return model;
}

/// Source: Woo et al. 2023, arXiv:2301.00808, Table 14; drop path of Tables 9 to 11.
NamedModel convnextv2(const std::string& size, Depths depths, int64_t width, double drop_path_rate) {
  NamedModel model = convnext("convnextv2_" + size, std::move(depths), width, drop_path_rate);
  model.family = "convnextv2";
  model.options.grn = true;
  model.options.layer_scale_init = 0.0;
  return model;
}

/// Source: Dosovitskiy et al. 2020, arXiv:2010.11929; Touvron et al. 2020, arXiv:2012.12877.
NamedModel vit(const std::string& name, const std::string& family, int64_t width, double drop_path_rate) {
  NamedModel model = isotropic(name, 12, width, 0.0, drop_path_rate);
  model.family = family;
  model.options.spatial = Spatial::attention;
  model.options.kernel_size = 3;
  model.options.residuals_per_block = 2;
  model.options.head_dim = 64;
  model.options.pooling = Pooling::class_token;
  model.options.position_embedding = PositionEmbedding::learned_with_token;
  model.options.head_norm = HeadNorm::before_pooling;
  return model;
}

/// Source: Touvron et al. 2022, arXiv:2204.07118.
NamedModel deit3(const std::string& name, int64_t width, double drop_path_rate) {
  NamedModel model = vit(name, "deit3", width, drop_path_rate);
  model.options.position_embedding = PositionEmbedding::learned;
  model.options.layer_scale_init = 1e-4;
  return model;
}

/// Without a class token: the mean over positions.
NamedModel vit_gap(const std::string& name, int64_t width, double drop_path_rate) {
  NamedModel model = vit(name, "vit", width, drop_path_rate);
  model.options.position_embedding = PositionEmbedding::learned;
  model.options.pooling = Pooling::mean;
  return model;
}

/// Source: Liu et al. 2021, arXiv:2103.14030.
NamedModel swin(const std::string& name, Depths depths, int64_t width, double drop_path_rate) {
  NamedModel model = convnext(name, std::move(depths), width, drop_path_rate);
  model.family = "swin";
  model.options.spatial = Spatial::shifted_window_attention;
  model.options.residuals_per_block = 2;
  model.options.downsampling = Downsampling::patch_merging;
  model.options.layer_scale_init = 0.0;
  model.options.position_embedding = PositionEmbedding::relative;
  model.options.head_norm = HeadNorm::before_pooling;
  model.options.norm_eps = 1e-5;
  return model;
}

/// Source: Yu et al. 2021, arXiv:2111.11418.
NamedModel poolformer(const std::string& name, Depths depths, double drop_path_rate) {
  NamedModel model = convnext(name, std::move(depths), 64, drop_path_rate);
  model.family = "poolformer";
  model.options.width = Depths{64, 128, 320, 512};
  model.options.stem = Stem::conv7_stride4;
  model.options.patchify_norm = false;
  model.options.spatial = Spatial::pooling;
  model.options.kernel_size = 3;
  model.options.norm = Norm::group;
  model.options.downsampling = Downsampling::overlapping;
  model.options.residuals_per_block = 2;
  model.options.head_norm = HeadNorm::before_pooling;
  model.options.layer_scale_init = 1e-5;
  return model;
}

}  // namespace

const std::vector<NamedModel>& named_models() {
  static const std::vector<NamedModel> models{resnet("resnet50", {3, 4, 6, 3}),
                                              resnet("resnet101", {3, 4, 23, 3}),
                                              resnet("resnet152", {3, 8, 36, 3}),
                                              resnet("resnet200", {3, 24, 36, 3}),
                                              resnext("resnext50_32x4d", {3, 4, 6, 3}, 128),
                                              resnext("resnext101_32x8d", {3, 4, 23, 3}, 256),
                                              convnext("convnext_tiny", {3, 3, 9, 3}, 96, 0.1),
                                              convnext("convnext_small", {3, 3, 27, 3}, 96, 0.4),
                                              convnext("convnext_base", {3, 3, 27, 3}, 128, 0.5),
                                              convnext("convnext_large", {3, 3, 27, 3}, 192, 0.5),
                                              convnext("convnext_xlarge", {3, 3, 27, 3}, 256, 0.5),
                                              isotropic("convnext_isotropic_small", 18, 384, 0.0, 0.1),
                                              isotropic("convnext_isotropic_base", 18, 768, 0.0, 0.2),
                                              isotropic("convnext_isotropic_large", 36, 1024, 1e-6, 0.5),
                                              convnextv2("atto", {2, 2, 6, 2}, 40, 0.1),
                                              convnextv2("femto", {2, 2, 6, 2}, 48, 0.0),
                                              convnextv2("pico", {2, 2, 6, 2}, 64, 0.0),
                                              convnextv2("nano", {2, 2, 8, 2}, 80, 0.1),
                                              convnextv2("tiny", {3, 3, 9, 3}, 96, 0.2),
                                              convnextv2("base", {3, 3, 27, 3}, 128, 0.1),
                                              convnextv2("large", {3, 3, 27, 3}, 192, 0.2),
                                              convnextv2("huge", {3, 3, 27, 3}, 352, 0.3),
                                              vit("deit_tiny", "deit", 192, 0.1),
                                              vit("deit_small", "deit", 384, 0.1),
                                              vit("deit_base", "deit", 768, 0.1),
                                              vit("vit_small_patch16", "vit", 384, 0.1),
                                              vit("vit_base_patch16", "vit", 768, 0.1),
                                              vit_gap("vit_small_gap", 384, 0.1),
                                              deit3("deit3_small", 384, 0.05),
                                              deit3("deit3_base", 768, 0.2),
                                              swin("swin_tiny", {2, 2, 6, 2}, 96, 0.2),
                                              swin("swin_small", {2, 2, 18, 2}, 96, 0.3),
                                              swin("swin_base", {2, 2, 18, 2}, 128, 0.5),
                                              poolformer("poolformer_s12", {2, 2, 6, 2}, 0.1),
                                              poolformer("poolformer_s24", {4, 4, 12, 4}, 0.1)};
  return models;
}

}  // namespace staircase::plan
