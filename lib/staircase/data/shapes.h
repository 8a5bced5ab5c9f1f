#pragma once

#include "staircase/config/data_options.h"
#include "staircase/data/dataset.h"

namespace staircase::data {

enum class ShapesSplit : uint64_t { train = 0, val = 1 };

/// Built-in images, drawn when asked for from (seed, split, index); nothing is stored. 10 classes:
/// five outlines (disk, square, triangle, cross, ring) times two textures (stripes, smooth shading), told
/// apart by outline and texture alone: colors, brightness, position, size, rotation and noise are
/// drawn alike for all, and the outlines have equal areas. label = index % 10. 3 channels.
/// The set of earlier versions, kept for their folders. Whether a grating of random color and phase is there shows in no
/// average of pixels: networks of small initial weights stay at half of the images right for a thousand steps. A linear
/// classifier on pixels reached 30.9 % in 600 steps, a ConvNet of three 3x3 convolutions 94 % in 150 (10,000 images of
/// 32 px, one seed). Chance is 10 %. New experiments want objects.h.
Image draw_shape(int size_px, int64_t label, uint64_t seed, ShapesSplit split, uint64_t index);

/// train_images and val_images of size image_size_px; no test part.
DataSource open_shapes(const config::DataOptions& options);

}  // namespace staircase::data
