#pragma once

#include "staircase/config/data_options.h"
#include "staircase/data/dataset.h"

namespace staircase::data {

enum class ObjectsSplit : uint64_t { train = 0, val = 1 };

/// Built-in images, drawn when asked for from (seed, split, index); nothing is stored. 10 classes of objects made of
/// parts: fish, tree, house, car, flower, butterfly, cup, boat, mushroom, cat. An image shows one object under a random
/// place, size, tilt, bend and mirror image, with its parts off their places and sizes, some missing; under light that
/// falls off to one side and noise; on a background of two colors, among and partly behind fragments of any class. All
/// of that grows with one number a image, its hardness, the square of a uniform one. Parts are lighter than most
/// backgrounds and a class tends to a color, so that what to look for shows in averages of pixels, if faintly.
/// label = index % 10. 3 channels. The same to the bit wherever doubles are IEEE's.
Image draw_object(int size_px, int64_t label, uint64_t seed, ObjectsSplit split, uint64_t index);

/// train_images and val_images of size image_size_px; no test part.
DataSource open_objects(const config::DataOptions& options);

}  // namespace staircase::data
