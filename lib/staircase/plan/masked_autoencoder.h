#pragma once

#include <string>
#include <vector>

#include "staircase/config/configuration.h"
#include "staircase/plan/plan.h"

/// Pretraining by masked autoencoding: an image is cut into cells, most of them are hidden, and a network's stem and
/// stages, which see the others alone, are followed by a decoder that gives the pixels of every cell.
/// Source: Woo et al. 2023, arXiv:2301.00808, section 3.
namespace staircase::plan {

/// The decoder in the order in which it runs. Names stand in it: "enter", "token", "block", "leave".
struct DecoderPlan {
  LayerSpec enter;  ///< 1x1, from the last stage's channels
  LayerSpec token;  ///< one learned vector, which takes every hidden position's place
  BlockPlan block;  ///< of ConvNeXt V2
  LayerSpec leave;  ///< 1x1, to the pixels of a cell
};

/// Side of a cell: what one position of the last stage stands for, px.
int64_t cell_px(const ModelPlan& plan);

/// The decoder of a network. width: channels of its block.
DecoderPlan plan_decoder(const ModelPlan& plan, int64_t width);

/// Its layers with their whole paths: "decoder.enter", "decoder.block.conv1".
std::vector<LayerSpec> flat_layers(const DecoderPlan& decoder);

/// How many of an image's cells are visible, rounded down.
int64_t visible_cells(int64_t cells, double hidden_share);

/// Whether what a layer gives at one position depends on other positions of its input that it does not join to one:
/// a convolution that overlaps, and GRN's sum. Hidden positions are 0 before it.
bool sees_other_positions(const LayerSpec& layer);

/// Refuses what cannot be pretrained so: a network in which hidden pixels would reach visible positions, images that
/// cells do not fill, cells of which none would be visible, weights to start from. `source`: the experiment's file.
/// Throws config::ConfigError naming the field.
void check_masked_autoencoding(const config::Configuration& configuration, const std::string& source);

}  // namespace staircase::plan
