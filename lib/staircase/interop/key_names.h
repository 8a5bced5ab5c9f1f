#pragma once

#include <string>

#include "staircase/interop/key_layout.h"

namespace staircase::interop {

/// Families of networks that have published names.
enum class Family { resnet, convnext, isotropic };

/// A layer's path in a layout: "stages.0.blocks.1.conv2" is "features.1.1.block.3" in torchvision's
/// ConvNeXt. Throws RequestError when the layout has no names for the family.
/// Sources: torchvision 0.14 models/resnet.py and models/convnext.py; timm 0.9 models/convnext.py;
/// facebookresearch/ConvNeXt models/convnext.py and models/convnext_isotropic.py.
std::string name_in_layout(const std::string& ours, Family family, KeyLayout layout);

}  // namespace staircase::interop
