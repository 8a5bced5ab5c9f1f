#pragma once

#include <map>
#include <string>

#include "staircase/interop/key_names.h"

/// What name_in_layout is made of. Nobody else includes this.
namespace staircase::interop {

using Names = std::map<std::string, std::string>;

/// How a layout names a family's tensors: whole names, or the part before a dot. In a prefix, S stands for the stage from
/// 0, T for S + 1, P for S - 1, D for 2S (torchvision counts downsampling and stages in one list), E for 2S + 1, F for
/// 2S - 1, B for the block.
struct Scheme {
  std::string block_prefix, stage_prefix;
  Names in_block, in_stage, outside;
};

/// Of the families vit, vit_fc_norm, swin and poolformer; null: the layout has no names for it.
const Scheme* transformer_scheme(Family family, KeyLayout layout);

}  // namespace staircase::interop
