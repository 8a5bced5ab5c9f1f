#pragma once

#include <string>

#include "staircase/config/model_options.h"
#include "staircase/config/recipe_options.h"

namespace staircase::train {

/// Groups that layer-wise learning-rate decay counts; final norm and head are the one after them.
inline constexpr int twelve_groups = 12;

/// Where a parameter stands between the stem (0) and the head (13), by its name: stages 1 and 2 are
/// 1 and 2, stage 3 is 3 + floor(9 * block / depth), stage 4 is 12; a downsampling layer counts with
/// the stage it enters, except into stage 3 (3). The only stage of an isotropic network is a stage 3.
/// Source: the code published with ConvNeXt, optim_factory.py.
int layer_group(const std::string& parameter, const config::ModelOptions& model);

/// The same by blocks: block j of n, counted from 0 over all stages, is j; stem and downsampling layers are as the block
/// that they precede, head and what has no block are n. Source: Woo et al. 2023, arXiv:2301.00808, and its code.
int block_group(const std::string& parameter, const config::ModelOptions& model);

/// What the learning rate of a parameter is multiplied by: layer_decay^(13 - group), or ^(n - group) by blocks.
double layer_rate(const std::string& parameter, const config::ModelOptions& model, const config::RecipeOptions& recipe);

}  // namespace staircase::train
