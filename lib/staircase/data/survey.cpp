#include "staircase/data/survey.h"

#include <algorithm>

#include "staircase/base/errors.h"
#include "staircase/base/files.h"
#include "staircase/data/image_file.h"

namespace staircase::data {
namespace {

ImageFileCheck check(const Dataset& images, size_t index) {
  try {
    return check_image_file(read_file(images.name(index)));
  } catch (const RequestError& error) {
    return {error.what()};
  }
}

}  // namespace

Survey survey_images(const Dataset& images, size_t most) {
  Survey survey;
  survey.looked_at = std::min(most, images.size());
  std::vector<int64_t> sides;
  for (size_t i = 0; i < survey.looked_at; ++i) {
    const size_t index = i * images.size() / survey.looked_at;
    const ImageFileCheck found = check(images, index);
    if (found.fault.empty()) sides.push_back(std::min(found.width, found.height));
    else survey.faults.push_back(images.name(index) + ": " + found.fault);
  }
  if (sides.empty()) return survey;
  std::sort(sides.begin(), sides.end());
  survey.smallest_side_px = sides.front();
  survey.median_side_px = sides[sides.size() / 2];
  return survey;
}

}  // namespace staircase::data
