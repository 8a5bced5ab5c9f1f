#pragma once

#include <filesystem>

#include "staircase/data/dataset.h"

namespace staircase::data {

/// Whether a folder holds ImageNet as it is handed out: ILSVRC2012_img_train.tar.
bool is_imagenet_tars(const std::filesystem::path& folder);

/// ImageNet (ILSVRC2012) from its tar files: ILSVRC2012_img_train.tar, which holds a tar a class (n01440764.tar), and
/// ILSVRC2012_img_val.tar, whose images get their classes from the development kit beside it (imagenet_devkit.h). Names,
/// classes and order are those of a folder into which both were unpacked, a folder a class. Reads the headers of all
/// members and no image.
/// Throws RequestError naming the file: missing, damaged, an image without a class, as many images as the kit has not.
DataSource open_imagenet_tars(const std::filesystem::path& folder);

}  // namespace staircase::data
