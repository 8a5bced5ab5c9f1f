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
/// label = index % 10. 3 channels. How hard they are, measured by tests/data/objects_learning_test.cpp on 10,000 train
/// and 2,000 val images of 32 px, no augmentation, batch 64, Adam with a cosine, one seed: a linear classifier on
/// pixels reaches 33.3 % in 600 steps, a ConvNet of three 3x3 convolutions (32, 64, 128 channels) 96.7 % in 150. Chance
/// is 10 %. The same to the bit wherever doubles are IEEE's.
Image draw_object(int size_px, int64_t label, uint64_t seed, ObjectsSplit split, uint64_t index);

/// train_images and val_images of size image_size_px; no test part.
DataSource open_objects(const config::DataOptions& options);

}  // namespace staircase::data
