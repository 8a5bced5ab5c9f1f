#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "staircase/data/dataset.h"

namespace staircase::data {

/// What a look at some images of a set tells of all.
struct Survey {
  size_t looked_at = 0;                              ///< spread evenly over the set
  int64_t smallest_side_px = 0, median_side_px = 0;  ///< of the shorter sides; 0: no image could be read
  std::vector<std::string> faults;                   ///< "photos/train/cat/1.jpg: is cut short: ..."
};

/// Looks at the heads of up to `most` images that lie in files of their own. Decodes none.
Survey survey_images(const Dataset& images, size_t most = 200);

}  // namespace staircase::data
