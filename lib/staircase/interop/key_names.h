#pragma once

#include <optional>
#include <string>

#include "staircase/interop/key_layout.h"

namespace staircase::interop {

/// Families of networks that have published names.
enum class Family { resnet, convnext, isotropic, vit, vit_fc_norm, swin, poolformer };

/// A tensor's name in a layout: "stages.0.blocks.1.conv2.weight" is "features.1.1.block.3.weight" in torchvision's
/// ConvNeXt. Throws RequestError when the layout has no names for the family.
/// Sources: torchvision 0.14 models/{resnet,convnext,vision_transformer,swin_transformer}.py; timm 0.9
/// models/{convnext,vision_transformer,swin_transformer}.py; facebookresearch/ConvNeXt, ConvNeXt-V2 and deit;
/// microsoft/Swin-Transformer; sail-sg/poolformer.
std::string name_in_layout(const std::string& ours, Family family, KeyLayout layout);
/// The same; empty where the layout has a name for the family and none for the tensor.
std::optional<std::string> find_name_in_layout(const std::string& ours, Family family, KeyLayout layout);

}  // namespace staircase::interop
