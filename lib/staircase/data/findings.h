#pragma once

#include <string>
#include <vector>

#include "staircase/data/duplicates.h"

namespace staircase::data {

/// What people should know of a data set before they train on it, in sentences.
struct Findings {
  /// "train: 3,068 images, 10 classes; val: 512 images", then what was left out, if anything was.
  std::vector<std::string> notes;
  std::vector<std::string> warnings;
};

/// Training classes differ extremely when the largest has more than so many times the images of the smallest.
inline constexpr int64_t extreme_imbalance = 20;

/// Counts images; warns of classes without validation images, of extreme imbalance, of images that stand in
/// training and in another part, and of those that stand in two training classes (duplicates.h). Decodes no image.
Findings find_in_data(const DataSource& source, const SearchLimits& limits = {});

}  // namespace staircase::data
