#pragma once

#include "staircase/config/data_options.h"
#include "staircase/data/dataset.h"

namespace staircase::data {

enum class ObjectsSplit : uint64_t { train = 0, val = 1 };

Image draw_object(int size_px, int64_t label, uint64_t seed, ObjectsSplit split, uint64_t index);

/// train_images and val_images of size image_size_px; no test part.
DataSource open_objects(const config::DataOptions& options);

}  // namespace staircase::data
