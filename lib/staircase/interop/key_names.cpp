#include "staircase/interop/key_names.h"

#include <map>
#include <stdexcept>

#include "staircase/base/errors.h"
#include "staircase/interop/key_schemes.h"

namespace staircase::interop {
namespace {

/// Our path in three parts: "stages.2.blocks.5.conv1" is stage 2, block 5, layer "conv1";
/// "stages.1.downsample.norm" is stage 1, no block, "downsample.norm"; "stem.conv" has neither.
struct Path {
  int stage = -1, block = -1;
  std::string layer;
};

Path parse(const std::string& ours) {
  const std::string stages = "stages.", blocks = "blocks.";
  Path path;
  if (!ours.starts_with(stages)) {
    path.layer = ours;
    return path;
  }
  size_t end = ours.find('.', stages.size());
  path.stage = std::stoi(ours.substr(stages.size(), end - stages.size()));
  path.layer = ours.substr(end + 1);
  if (!path.layer.starts_with(blocks)) return path;
  end = path.layer.find('.', blocks.size());
  path.block = std::stoi(path.layer.substr(blocks.size(), end - blocks.size()));
  path.layer = path.layer.substr(end + 1);
  return path;
}

const Scheme& resnet_scheme() {
  static const Scheme scheme{"layerT.B.",
                             "",
                             {{"conv1", "conv1"},
                              {"norm1", "bn1"},
                              {"conv2", "conv2"},
                              {"norm2", "bn2"},
                              {"conv3", "conv3"},
                              {"norm3", "bn3"},
                              {"shortcut.conv", "downsample.0"},
                              {"shortcut.norm", "downsample.1"}},
                             {},
                             {{"stem.conv", "conv1"}, {"stem.norm", "bn1"}, {"head.linear", "fc"}}};
  return scheme;
}

const Scheme& convnext_scheme(KeyLayout layout) {
  static const std::map<KeyLayout, Scheme> schemes{
      {KeyLayout::torchvision,
       {"features.E.B.",
        "features.D.",
        {{"conv1", "block.0"},
         {"norm1", "block.2"},
         {"conv2", "block.3"},
         {"conv3", "block.5"},
         {"layer_scale", "layer_scale"}},
        {{"downsample.norm", "0"}, {"downsample.conv", "1"}},
        {{"stem.conv", "features.0.0"},
         {"stem.norm", "features.0.1"},
         {"head.norm", "classifier.0"},
         {"head.linear", "classifier.2"}}}},
      {KeyLayout::timm,
       {"stages.S.blocks.B.",
        "stages.S.",
        {{"conv1", "conv_dw"},
         {"norm1", "norm"},
         {"conv2", "mlp.fc1"},
         {"grn", "mlp.grn"},
         {"conv3", "mlp.fc2"},
         {"layer_scale", "gamma"}},
        {{"downsample.norm", "downsample.0"}, {"downsample.conv", "downsample.1"}},
        {{"stem.conv", "stem.0"}, {"stem.norm", "stem.1"}, {"head.norm", "head.norm"}, {"head.linear", "head.fc"}}}},
      {KeyLayout::official,
       {"stages.S.B.",
        "downsample_layers.S.",
        {{"conv1", "dwconv"},
         {"norm1", "norm"},
         {"conv2", "pwconv1"},
         {"grn.weight", "grn.gamma"},
         {"grn.bias", "grn.beta"},
         {"conv3", "pwconv2"},
         {"layer_scale", "gamma"}},
        {{"downsample.norm", "0"}, {"downsample.conv", "1"}},
        {{"stem.conv", "downsample_layers.0.0"},
         {"stem.norm", "downsample_layers.0.1"},
         {"head.norm", "norm"},
         {"head.linear", "head"}}}}};
  return schemes.at(layout);
}

const Scheme& isotropic_scheme() {
  static const Scheme scheme = [] {
    Scheme isotropic = convnext_scheme(KeyLayout::official);
    isotropic.block_prefix = "blocks.B.";
    isotropic.outside["stem.conv"] = "stem";
    return isotropic;
  }();
  return scheme;
}

const char* family_name(Family family) {
  switch (family) {
    case Family::resnet: return "a ResNet";
    case Family::convnext: return "a ConvNeXt";
    case Family::isotropic: return "an isotropic ConvNeXt";
    case Family::vit: return "a ViT";
    case Family::vit_fc_norm: return "a ViT with its norm after the pooling";
    case Family::swin: return "a Swin";
    default: return "a PoolFormer";
  }
}

const Scheme* find_scheme(Family family, KeyLayout layout) {
  const bool official = layout == KeyLayout::official;
  switch (family) {
    case Family::resnet: return official ? nullptr : &resnet_scheme();
    case Family::convnext: return &convnext_scheme(layout);
    case Family::isotropic: return official ? &isotropic_scheme() : nullptr;
    default: return transformer_scheme(family, layout);
  }
}

/// The layouts that have names for a family: "timm, official or staircase".
std::string layouts_of(Family family) {
  std::string list;
  for (const KeyLayout layout : {KeyLayout::torchvision, KeyLayout::timm, KeyLayout::official})
    if (find_scheme(family, layout)) list += (list.empty() ? "" : ", ") + std::string(config::to_name(layout));
  return list + " or staircase";
}

const Scheme& scheme_of(Family family, KeyLayout layout) {
  if (const Scheme* scheme = find_scheme(family, layout)) return *scheme;
  throw RequestError("the layout " + std::string(config::to_name(layout)) + " has no names for " + family_name(family) +
                     "; use " + layouts_of(family));
}

/// The name of a whole tensor, or of what stands before one of its dots.
std::optional<std::string> renamed(const Names& names, const std::string& tensor) {
  for (size_t end = tensor.size(); end != std::string::npos && end > 0; end = tensor.rfind('.', end - 1))
    if (const auto found = names.find(tensor.substr(0, end)); found != names.end() && !found->second.empty())
      return found->second + tensor.substr(end);
  return std::nullopt;
}

std::string fill(const std::string& prefix, const Path& path) {
  std::string filled;
  for (char c : prefix) {
    switch (c) {
      case 'S': filled += std::to_string(path.stage); break;
      case 'T': filled += std::to_string(path.stage + 1); break;
      case 'P': filled += std::to_string(path.stage - 1); break;
      case 'F': filled += std::to_string(2 * path.stage - 1); break;
      case 'D': filled += std::to_string(2 * path.stage); break;
      case 'E': filled += std::to_string(2 * path.stage + 1); break;
      case 'B': filled += std::to_string(path.block); break;
      default: filled += c;
    }
  }
  return filled;
}

}  // namespace

std::optional<std::string> find_name_in_layout(const std::string& ours, Family family, KeyLayout layout) {
  const Scheme& scheme = scheme_of(family, layout);
  const Path path = parse(ours);
  const bool in_block = path.block >= 0, in_stage = path.stage >= 0;
  const auto name = renamed(in_block ? scheme.in_block : in_stage ? scheme.in_stage : scheme.outside, path.layer);
  if (!name || !in_stage) return name;
  return fill(in_block ? scheme.block_prefix : scheme.stage_prefix, path) + *name;
}

std::string name_in_layout(const std::string& ours, Family family, KeyLayout layout) {
  if (const auto name = find_name_in_layout(ours, family, layout)) return *name;
  throw std::logic_error("name_in_layout: no name for " + ours);
}

}  // namespace staircase::interop
