#pragma once

#include "staircase/plan/ladder.h"

/// What ladders() is made of. Nobody else includes this.
namespace staircase::plan {

LadderStep ladder_step(const std::string& name, const std::string& group, config::Json set, bool side_branch = false);

/// Walks between transformers and convolutional networks: backbone_ladders.cpp.
std::vector<Ladder> backbone_ladders();

}  // namespace staircase::plan
