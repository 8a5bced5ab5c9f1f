#include "staircase/interop/key_schemes.h"

#include <utility>

namespace staircase::interop {
namespace {

using Key = std::pair<Family, KeyLayout>;

/// Of most: norms, attention and MLP as timm has named them first.
Names usual_block(const std::string& scale_1, const std::string& scale_2) {
  return {{"pre_norm1", "norm1"},
          {"attention.qkv", "attn.qkv"},
          {"attention.proj", "attn.proj"},
          {"attention.position_bias", "attn.relative_position_bias_table"},
          {"layer_scale1", scale_1},
          {"pre_norm2", "norm2"},
          {"conv2", "mlp.fc1"},
          {"conv3", "mlp.fc2"},
          {"layer_scale2", scale_2}};
}

Names usual_outside(const std::string& norm, const std::string& head) {
  return {{"stem.conv", "patch_embed.proj"},
          {"stem.norm", "patch_embed.norm"},
          {"stem.class_token", "cls_token"},
          {"stem.position_embedding", "pos_embed"},
          {"head.norm", norm},
          {"head.linear", head}};
}

/// timm's, and DeiT III's own, which differ in the names of LayerScale.
Scheme vit(const std::string& scale_1, const std::string& scale_2, const std::string& norm) {
  return {"blocks.B.", "", usual_block(scale_1, scale_2), {}, usual_outside(norm, "head")};
}

Scheme torchvision_vit() {
  return {"encoder.layers.encoder_layer_B.",
          "",
          {{"pre_norm1", "ln_1"},
           {"attention.qkv.weight", "self_attention.in_proj_weight"},
           {"attention.qkv.bias", "self_attention.in_proj_bias"},
           {"attention.proj", "self_attention.out_proj"},
           {"pre_norm2", "ln_2"},
           {"conv2", "mlp.0"},
           {"conv3", "mlp.3"}},
          {},
          {{"stem.conv", "conv_proj"},
           {"stem.class_token", "class_token"},
           {"stem.position_embedding", "encoder.pos_embedding"},
           {"head.norm", "encoder.ln"},
           {"head.linear", "heads.head"}}};
}

Scheme swin(const std::string& downsampling, const std::string& head) {
  return {"layers.S.blocks.B.",
          downsampling,
          usual_block("", ""),
          {{"downsample.norm", "norm"}, {"downsample.conv", "reduction"}},
          usual_outside("norm", head)};
}

Scheme torchvision_swin() {
  Scheme scheme = swin("features.D.", "head");
  scheme.block_prefix = "features.E.B.";
  scheme.in_block["conv2"] = "mlp.0";
  scheme.in_block["conv3"] = "mlp.3";
  scheme.outside["stem.conv"] = "features.0.0";
  scheme.outside["stem.norm"] = "features.0.2";
  return scheme;
}

Scheme poolformer() {
  return {"network.D.B.",
          "network.F.",
          usual_block("layer_scale_1", "layer_scale_2"),
          {{"downsample.conv", "proj"}},
          usual_outside("norm", "head")};
}

}  // namespace

const Scheme* transformer_scheme(Family family, KeyLayout layout) {
  static const std::map<Key, Scheme> schemes{
      {{Family::vit, KeyLayout::timm}, vit("ls1.gamma", "ls2.gamma", "norm")},
      {{Family::vit, KeyLayout::official}, vit("gamma_1", "gamma_2", "norm")},
      {{Family::vit, KeyLayout::torchvision}, torchvision_vit()},
      {{Family::vit_fc_norm, KeyLayout::timm}, vit("ls1.gamma", "ls2.gamma", "fc_norm")},
      {{Family::swin, KeyLayout::timm}, swin("layers.S.downsample.", "head.fc")},
      {{Family::swin, KeyLayout::official}, swin("layers.P.downsample.", "head")},
      {{Family::swin, KeyLayout::torchvision}, torchvision_swin()},
      {{Family::poolformer, KeyLayout::official}, poolformer()}};
  const auto found = schemes.find({family, layout});
  return found == schemes.end() ? nullptr : &found->second;
}

}  // namespace staircase::interop
