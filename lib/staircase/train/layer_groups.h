#pragma once

#include <string>

#include "staircase/config/model_options.h"

namespace staircase::train {

/// Groups that layer-wise learning-rate decay counts; final norm and head are the one after them.
inline constexpr int layer_groups = 12;

/// Where a parameter stands between the stem (0) and the head (13), by its name: stages 1 and 2 are
/// 1 and 2, stage 3 is 3 + floor(9 * block / depth), stage 4 is 12; a downsampling layer counts with
/// the stage it enters, except into stage 3 (3). The only stage of an isotropic network is a stage 3.
/// Source: the code published with ConvNeXt, optim_factory.py.
int layer_group(const std::string& parameter, const config::ModelOptions& model);

/// decay^(13 - group): what the learning rate of a parameter is multiplied by.
double layer_rate(const std::string& parameter, const config::ModelOptions& model, double decay);

}  // namespace staircase::train
