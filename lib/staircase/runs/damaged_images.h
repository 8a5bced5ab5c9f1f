#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace staircase::runs {

/// The damaged images that a run met, by their names in its data.
struct DamagedImages {
  std::vector<std::string> train, val;
};

/// damaged_images.json of a run's folder; empty where it has none, or one that is damaged itself.
DamagedImages read_damaged_images(const std::filesystem::path& run_folder);

}  // namespace staircase::runs
