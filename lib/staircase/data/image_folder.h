#pragma once

#include <filesystem>

#include "staircase/data/dataset.h"

namespace staircase::data {

/// A folder with `train`, `val` (or `validation`) and, if there, `test`, each with one folder a class
/// that holds image files (see has_image_extension; others are counted in DataSource::passed_over). Classes
/// are train's folders in the order of their bytes; images are sorted by class, then name. 3 channels.
/// No image is opened here: damaged ones show up as BadImage from Dataset::image, and those that the system does
/// not give as UnreadableFile.
/// `index`: a file that holds what was found, taken instead of listing all folders as long as their times of
/// modification say that nothing came or went; DataSource::keep_index writes it. Empty: none.
/// Throws RequestError naming the path: train or val missing, both val and validation, a folder that
/// cannot be read, no classes, a class without images, a class that train lacks.
DataSource open_image_folder(const std::filesystem::path& folder, const std::filesystem::path& index = {});

}  // namespace staircase::data
