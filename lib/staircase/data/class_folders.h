#pragma once

#include <filesystem>

#include "staircase/data/dataset.h"

namespace staircase::data {

/// A folder without parts: one folder of image files a class.
struct ClassFolders {
  std::vector<std::string> class_names;   ///< in the order of their bytes; labels count through them
  std::shared_ptr<const Dataset> images;  ///< sorted by class, then name; 3 channels
  PassedOver passed_over;
};

/// Opens no image. Throws RequestError naming the path: a folder that cannot be read, no classes, a class without images.
ClassFolders open_class_folders(const std::filesystem::path& folder);

}  // namespace staircase::data
